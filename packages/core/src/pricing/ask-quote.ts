import { type Cost, unknownCost } from "./cost.js";
import { expectedCall } from "./expected-call.js";
import type { PricingStrategy, QuoteRequest } from "./pricing-context.js";

/** What a strategy says of a call that was not made yet. */
export interface Quote {
  /** What it costs at most. */
  readonly cost: Cost;
  /** Whether the cost is unknown now, and may be known when the call was made. */
  readonly needsAnswer: boolean;
}

/** Asks a strategy for its own quote, else for the price of what is expected. Throws what the strategy throws. */
export function askQuote(strategy: PricingStrategy, request: QuoteRequest): Quote {
  if (strategy.quote !== undefined) {
    const cost = strategy.quote(request);
    return { cost, needsAnswer: cost.usd === null };
  }
  const { context, needsAnswer } = expectedCall(request);
  const cost = strategy(context);
  return needsAnswer() ? { cost: unknownCost(answerNeeded(request)), needsAnswer: true } : { cost, needsAnswer: false };
}

function answerNeeded({ provider, model }: QuoteRequest): string {
  const of = `${provider}/${model}`;
  return `only the answer tells what a call of ${of} costs; give a maximum: prices: { "${of}": withQuote(..., usd) }`;
}
