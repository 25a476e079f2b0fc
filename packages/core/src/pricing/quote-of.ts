import { assertKnownOptions } from "../options/assert-known-options.js";
import { askQuote } from "./ask-quote.js";
import type { Cost } from "./cost.js";
import { assertCount, ESTIMATE_OPTIONS, type EstimateOptions } from "./estimate-cost.js";
import { priceCall } from "./price-call.js";
import type { PricingStrategy } from "./pricing-context.js";
import { requestedCount } from "./requested-count.js";

/**
 * What one call may cost at most, before it is made, so that a budget can hold it. Known where the price follows from
 * the request: per request, per asset, per second that `params.durationSeconds` names, per character of the prompt, by
 * tables of parameters. Unknown where the strategy reads what only the answer tells, like token counts, unless the
 * strategy itself says a maximum ({@link withQuote}). `count` is the number of assets. @default what the parameters
 * name (`n`, `count`, `num_images`, ...), else 1. Retries and fallbacks are calls of their own. Never throws for a
 * strategy that does. INVALID_OPTION for a count that is no whole number from 1 to 10,000.
 *
 * @example
 * const quote = quoteOf(perUnit(0.04), { provider: "openai", model: "gpt-image-1", params: { n: 3 } }); // usd: 0.12
 */
export function quoteOf(strategy: PricingStrategy | undefined, options: EstimateOptions): Cost {
  assertKnownOptions(options, ESTIMATE_OPTIONS, "quoteOf()");
  if (options.count !== undefined) assertCount(options.count, "quoteOf()");
  const { provider, model, prompt, params = {}, inputs = [], count = requestedCount(params) } = options;
  const facts = { provider, model, prompt, params, inputs };
  const price = strategy === undefined ? undefined : () => askQuote(strategy, { ...facts, count }).cost;
  return priceCall(price, { ...facts, assets: [], payload: {} });
}
