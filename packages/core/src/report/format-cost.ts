import type { Cost } from "../pricing/cost.js";
import type { CostTotal } from "../pricing/total-cost.js";

/** Dollars with two places, small amounts with their first two digits: `$12.30`, `$0.0042`, `$0`. */
export function formatUsd(usd: number): string {
  if (usd === 0) return "$0";
  if (usd < 1e-6) return "< $0.000001";
  if (usd >= 0.1) return `$${usd.toFixed(2)}`;
  const places = Math.min(7, 1 - Math.floor(Math.log10(usd)));
  return `$${usd.toFixed(places).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

/** A cost in a cell of a table. */
export function formatCost(cost: Cost): string {
  return cost.usd === null ? "unknown" : formatUsd(cost.usd);
}

/** A total in a cell; with an unknown part, what it is at least. */
export function formatTotal({ usd, knownUsd }: CostTotal): string {
  if (usd !== null) return formatUsd(usd);
  return knownUsd === 0 ? "unknown" : `> ${formatUsd(knownUsd)}`;
}
