import { sanitizeErrorText } from "../errors/sanitize-error-text.js";
import { describeValue } from "../options/describe-value.js";
import { type Cost, impossiblePrice, isPossiblePrice, unknownCost } from "./cost.js";
import type { PricingContext, PricingStrategy } from "./pricing-context.js";

/**
 * What a call cost. Never throws: without a strategy, and when it throws, gives no cost or an impossible one
 * (negative, infinite, not a number), the price is unknown and the reason says so.
 */
export function priceCall(strategy: PricingStrategy | undefined, context: PricingContext): Cost {
  if (strategy === undefined) return unknownCost(noPrice(context));
  try {
    return checkCost(strategy(context));
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const of = `${context.provider}/${context.model}`;
    return unknownCost(sanitizeErrorText(`the pricing strategy of ${of} threw ${text}`));
  }
}

/** The sentence for a model without a price. */
function noPrice({ provider, model }: PricingContext): string {
  return `no price is known for ${provider}/${model}; give one: prices: { "${provider}/${model}": perUnit(...) }`;
}

/** Strategies are written by users, in JavaScript too: what they give is looked at. */
function checkCost(cost: unknown): Cost {
  if (typeof cost !== "object" || cost === null) return noCost(cost);
  if (!("usd" in cost)) return noCost(cost);
  if (cost.usd === null) {
    const reason = "reason" in cost ? cost.reason : undefined;
    return unknownCost(typeof reason === "string" && reason !== "" ? reason : "the pricing strategy gave no reason");
  }
  if (typeof cost.usd !== "number") return noCost(cost.usd);
  if (!isPossiblePrice(cost.usd)) return unknownCost(impossiblePrice(cost.usd));
  // Its amount is what sums and budgets go by and was looked at; its words are shown as they are.
  return cost as Cost;
}

function noCost(came: unknown): Cost {
  return unknownCost(`the pricing strategy gave ${describeValue(came)} where { usd, unit, quantity } is expected`);
}
