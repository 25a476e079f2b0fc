import { GenblazeError } from "../errors/genblaze-error.js";
import { assertFunction } from "./check-rate.js";
import { unknownCost } from "./cost.js";
import type { PricingStrategy } from "./pricing-context.js";

/**
 * The first known price of several strategies; with none, all their reasons. A strategy that throws is not passed
 * over. INVALID_OPTION without a strategy.
 */
export function firstMatch(...strategies: readonly PricingStrategy[]): PricingStrategy {
  if (strategies.length === 0) {
    throw new GenblazeError("INVALID_OPTION", "firstMatch(): at least one strategy is expected; none was given.");
  }
  for (const strategy of strategies) assertFunction(strategy, "firstMatch()");
  return (context) => {
    const reasons: string[] = [];
    for (const strategy of strategies) {
      const cost = strategy(context);
      if (cost.usd !== null) return cost;
      reasons.push(cost.reason);
    }
    return unknownCost([...new Set(reasons)].join("; "));
  };
}
