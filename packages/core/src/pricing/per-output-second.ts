import { assertRate } from "./check-rate.js";
import { toCost, unknownCost } from "./cost.js";
import type { PricingStrategy } from "./pricing-context.js";
import { outputSeconds } from "./seconds.js";

/**
 * So many dollars for every second of all assets together; assets without a duration do not count. Unknown when none
 * has one. INVALID_OPTION for a bad rate.
 */
export function perOutputSecond(rateUsd: number): PricingStrategy {
  assertRate(rateUsd, "perOutputSecond()");
  return (context) => {
    const seconds = outputSeconds(context);
    return seconds === undefined
      ? unknownCost("no asset has a duration")
      : toCost(seconds * rateUsd, "second", seconds);
  };
}
