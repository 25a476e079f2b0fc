import { assertRate } from "./check-rate.js";
import { toCost, unknownCost } from "./cost.js";
import type { PricingStrategy } from "./pricing-context.js";

/**
 * So many dollars for every asset that the call made. Unknown when it made none. INVALID_OPTION for a bad rate.
 *
 * @example
 * const seedream = perUnit(0.022);
 */
export function perUnit(rateUsd: number): PricingStrategy {
  assertRate(rateUsd, "perUnit()");
  return ({ assets }) =>
    assets.length === 0 ? unknownCost("no asset was made") : toCost(rateUsd * assets.length, "asset", assets.length);
}
