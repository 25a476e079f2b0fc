import type { Cost } from "./cost.js";
import { sumUsd } from "./sum-usd.js";

/** What several calls cost together. */
export interface CostTotal {
  /** The sum; null as soon as one cost is unknown, as the true sum is then too. */
  readonly usd: number | null;
  /** The sum of the known ones: at least so much was spent. */
  readonly knownUsd: number;
  /** How many costs are unknown. */
  readonly unknown: number;
  /** Why; each reason once, in order. */
  readonly reasons: readonly string[];
}

/** Adds costs by {@link sumUsd}. An empty list costs 0. */
export function totalCost(costs: readonly Cost[]): CostTotal {
  const knownUsd = sumUsd(costs.flatMap(({ usd }) => (usd === null ? [] : [usd])));
  const reasons = costs.flatMap((cost) => (cost.usd === null ? [cost.reason] : []));
  return {
    usd: reasons.length === 0 ? knownUsd : null,
    knownUsd,
    unknown: reasons.length,
    reasons: [...new Set(reasons)],
  };
}

/**
 * The totals of groups: of each provider, model, tenant or day, as `keyOf` says. Groups stand in the order of their
 * first item. Failed attempts that cost something are items like the others.
 */
export function totalCostBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  costOf: (item: Item) => Cost,
): ReadonlyMap<string, CostTotal> {
  const groups = new Map<string, Cost[]>();
  for (const item of items) {
    const key = keyOf(item);
    const costs = groups.get(key);
    if (costs === undefined) groups.set(key, [costOf(item)]);
    else costs.push(costOf(item));
  }
  return new Map([...groups].map(([key, costs]) => [key, totalCost(costs)]));
}
