import { GenblazeError } from "../errors/genblaze-error.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import { CARD_UNITS } from "./card-units.js";
import { assertRate } from "./check-rate.js";
import { type Cost, type CostPart, unknownCost } from "./cost.js";
import type { PricingStrategy } from "./pricing-context.js";
import { sumUsd } from "./sum-usd.js";

/** Dollars by unit, as a provider's price page lists them. Units that are given together are added. */
export interface PriceCard {
  /** Once for every call. */
  readonly perRequest?: number;
  /** For every image among the assets. */
  readonly perImage?: number;
  /** For every million pixels of the images; not rounded up. */
  readonly perMegapixel?: number;
  /** For every second of the assets together. */
  readonly perSecond?: number;
  /** For every minute of the assets together; parts of one count as such. */
  readonly perMinute?: number;
  /** For every thousand characters of the prompt, or of the inputs' `char_count`. */
  readonly perThousandCharacters?: number;
  /** The same by the million. */
  readonly perMillionCharacters?: number;
  /** For every million tokens that the provider says it read, cached ones included. */
  readonly perMillionInputTokens?: number;
  /** For every million tokens that the provider says it wrote, thoughts included. */
  readonly perMillionOutputTokens?: number;
}

/**
 * A price by units. Several units are added by `sumUsd` and listed in `parts`; the price is unknown as soon as one of
 * them is. INVALID_OPTION for an empty card, an unknown unit or a bad rate.
 *
 * @example
 * const chat = priceCard({ perMillionInputTokens: 2.5, perMillionOutputTokens: 10 });
 */
export function priceCard(card: PriceCard): PricingStrategy {
  const strategies = readCard(card);
  return (context) => combine(strategies.map((strategy) => strategy(context)));
}

function readCard(card: PriceCard): PricingStrategy[] {
  assertKnownOptions(card, Object.keys(CARD_UNITS), "priceCard()");
  const strategies: PricingStrategy[] = [];
  for (const unit of unitNames()) {
    const rateUsd = card[unit];
    if (rateUsd === undefined) continue;
    assertRate(rateUsd, `priceCard(): ${unit}`);
    strategies.push(CARD_UNITS[unit](rateUsd));
  }
  if (strategies.length > 0) return strategies;
  const message = `priceCard(): at least one unit is expected, like perImage; the card is empty.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

function unitNames(): readonly (keyof PriceCard)[] {
  // The table has these keys and no others.
  return Object.keys(CARD_UNITS) as (keyof typeof CARD_UNITS)[];
}

function combine(costs: readonly Cost[]): Cost {
  const [only] = costs;
  if (only !== undefined && costs.length === 1) return only;
  const reasons = costs.flatMap((cost) => (cost.usd === null ? [cost.reason] : []));
  if (reasons.length > 0) return unknownCost([...new Set(reasons)].join("; "));
  const parts: readonly CostPart[] = costs.flatMap((cost) => (cost.usd === null ? [] : [cost]));
  return { usd: sumUsd(parts.map(({ usd }) => usd)), unit: "request", quantity: 1, parts };
}
