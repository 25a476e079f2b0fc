import { GenblazeError } from "../errors/genblaze-error.js";
import { isJsonFloat } from "../json/json-float.js";
import type { JsonValue } from "../json/json-value.js";
import { assertFunction, assertRate } from "./check-rate.js";
import { unknownCost } from "./cost.js";
import { costPerOutput } from "./per-output.js";
import type { ParamValue } from "./price-table.js";
import type { PricingContext, PricingStrategy } from "./pricing-context.js";

/** One line of a tier table: the values that a call must have, and the dollars of one asset. */
export type Tier = readonly [key: readonly ParamValue[], usd: number];

/**
 * The price of several facts together, for each asset (and once when there is none). The values are compared with
 * their type; undefined is the same as null. Unknown when no tier fits. INVALID_OPTION for an empty table, a bad
 * rate or a key that is there twice.
 *
 * @example
 * const dallE = tiered(
 *   [
 *     [["standard", "1024x1024"], 0.04],
 *     [["hd", "1024x1024"], 0.08],
 *   ],
 *   ({ params }) => [params.quality ?? "standard", params.size ?? "1024x1024"],
 * );
 */
export function tiered(
  tiers: readonly Tier[],
  keyOf: (context: PricingContext) => readonly (JsonValue | undefined)[],
): PricingStrategy {
  assertFunction(keyOf, "tiered(): the key");
  const prices = readTiers(tiers);
  return (context) => {
    const usd = prices.get(keyText(keyOf(context)));
    return usd === undefined
      ? unknownCost(`none of the ${prices.size} price tiers fits the call`)
      : costPerOutput(usd, context, true);
  };
}

function readTiers(tiers: readonly Tier[]): ReadonlyMap<string, number> {
  const prices = new Map<string, number>();
  for (const [key, usd] of tiers) {
    const text = keyText(key);
    assertRate(usd, `tiered(): the price of ${text}`);
    if (prices.has(text)) throw new GenblazeError("INVALID_OPTION", `tiered(): ${text} has two prices; leave one.`);
    prices.set(text, usd);
  }
  if (prices.size > 0) return prices;
  throw new GenblazeError("INVALID_OPTION", "tiered(): at least one tier is expected; an empty list was given.");
}

function keyText(key: readonly unknown[]): string {
  return JSON.stringify(key.map((value) => (isJsonFloat(value) ? value.value : (value ?? null))));
}
