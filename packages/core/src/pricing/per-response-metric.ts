import { assertFunction } from "./check-rate.js";
import { toCost, unknownCost } from "./cost.js";
import type { PricingContext, PricingStrategy } from "./pricing-context.js";

/**
 * The dollars that a function reads out of what the provider answered, for example its compute time times a rate.
 * Unknown when the function gives undefined or null, which it should when the fact is missing. INVALID_OPTION when
 * it is no function.
 *
 * @example
 * const byComputeTime = perResponseMetric(({ payload }) =>
 *   typeof payload.predict_time === "number" ? payload.predict_time * 0.000225 : undefined,
 * );
 */
export function perResponseMetric(readUsd: (context: PricingContext) => number | null | undefined): PricingStrategy {
  assertFunction(readUsd, "perResponseMetric()");
  return (context) => {
    const usd = readUsd(context) ?? undefined;
    return usd === undefined
      ? unknownCost("the provider's answer does not hold the fact that the price is made of")
      : toCost(usd, "request", 1);
  };
}
