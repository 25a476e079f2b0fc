import { GenblazeError } from "../errors/genblaze-error.js";
import { askQuote } from "./ask-quote.js";
import { assertFunction } from "./check-rate.js";
import { type Cost, unknownCost } from "./cost.js";
import type { PricingStrategy, QuoteRequest } from "./pricing-context.js";

/**
 * The first known price of several strategies; with none, all their reasons. A strategy that throws is not passed
 * over. The quote is that of the first strategy that will know the price. INVALID_OPTION without a strategy.
 */
export function firstMatch(...strategies: readonly PricingStrategy[]): PricingStrategy {
  if (strategies.length === 0) {
    throw new GenblazeError("INVALID_OPTION", "firstMatch(): at least one strategy is expected; none was given.");
  }
  for (const strategy of strategies) assertFunction(strategy, "firstMatch()");
  return Object.assign(priceOf(strategies), { quote: quoteBy(strategies) });
}

function priceOf(strategies: readonly PricingStrategy[]): PricingStrategy {
  return (context) => {
    const reasons: string[] = [];
    for (const strategy of strategies) {
      const cost = strategy(context);
      if (cost.usd !== null) return cost;
      reasons.push(cost.reason);
    }
    return none(reasons);
  };
}

function quoteBy(strategies: readonly PricingStrategy[]): (request: QuoteRequest) => Cost {
  return (request) => {
    const reasons: string[] = [];
    for (const strategy of strategies) {
      const { cost, needsAnswer } = askQuote(strategy, request);
      // Whether a later strategy is asked for the price shows only then.
      if (cost.usd !== null || needsAnswer) return cost;
      reasons.push(cost.reason);
    }
    return none(reasons);
  };
}

function none(reasons: readonly string[]): Cost {
  return unknownCost([...new Set(reasons)].join("; "));
}
