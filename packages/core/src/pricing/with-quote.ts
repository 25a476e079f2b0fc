import { assertFunction, assertRate } from "./check-rate.js";
import { toCost, unknownCost } from "./cost.js";
import type { PricingStrategy, QuoteRequest } from "./pricing-context.js";

/** The most that a call costs, in dollars: always the same, or by its request; null when that cannot be said. */
export type MaximumUsd = number | ((request: QuoteRequest) => number | null);

/**
 * The same price, with what a call costs at most: a budget holds that until the call is over, and counts then what it
 * did cost. For prices that only the answer tells, like those by tokens. INVALID_OPTION for a bad rate.
 *
 * @example
 * const chat = withQuote(priceCard({ perMillionOutputTokens: 10 }), ({ params }) =>
 *   typeof params.max_tokens === "number" ? (params.max_tokens / 1_000_000) * 10 : null,
 * );
 */
export function withQuote(strategy: PricingStrategy, maximum: MaximumUsd): PricingStrategy {
  assertFunction(strategy, "withQuote()");
  if (typeof maximum !== "function") assertRate(maximum, "withQuote(): the maximum");
  const quote: PricingStrategy["quote"] = (request) => {
    const usd = typeof maximum === "function" ? maximum(request) : maximum;
    return usd === null ? unknownCost("no maximum is known for such a call") : toCost(usd, "request", 1);
  };
  const price: PricingStrategy = (context) => strategy(context);
  return Object.assign(price, { quote });
}
