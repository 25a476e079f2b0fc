import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject } from "../json/json-value.js";
import type { Asset } from "../manifest/model.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import { describeValue } from "../options/describe-value.js";
import type { Cost } from "./cost.js";
import { expectedAssets, isPossibleCount, MOST_ASSETS } from "./expected-assets.js";
import { priceCall } from "./price-call.js";
import type { PricingStrategy } from "./pricing-context.js";

/** A call that was not made yet. */
export interface EstimateOptions {
  readonly provider: string;
  readonly model: string;
  /** @default no prompt */
  readonly prompt?: string | undefined;
  /** @default {} */
  readonly params?: JsonObject;
  /** What the call will be given, as far as it is known. @default [] */
  readonly inputs?: readonly Asset[];
  /** How many assets are expected, 1 to 10,000. @default 1 */
  readonly count?: number;
}

/** The names of {@link EstimateOptions}. */
export const ESTIMATE_OPTIONS = ["provider", "model", "prompt", "params", "inputs", "count"];

/**
 * What one call will cost, before it is made: `count` assets are assumed, each as long as `params.durationSeconds`
 * (`duration_seconds`, `duration`) and as large as `params.width` and `height`, or `params.size`, say. What only the
 * answer tells, like token counts, makes the price unknown. Retries and fallbacks are not in it. INVALID_OPTION for
 * a count that is no whole number from 1 to 10,000.
 *
 * @example
 * const cost = estimateCost(perOutputSecond(0.04), { provider: "luma", model: "ray-2", params: { duration: 5 } });
 */
export function estimateCost(strategy: PricingStrategy | undefined, options: EstimateOptions): Cost {
  assertKnownOptions(options, ESTIMATE_OPTIONS, "estimateCost()");
  const { provider, model, prompt, params = {}, inputs = [], count = 1 } = options;
  assertCount(count, "estimateCost()");
  const assets = expectedAssets(params, count);
  return priceCall(strategy, { provider, model, prompt, params, inputs, assets, payload: {} });
}

/** INVALID_OPTION for a number of assets that no call makes. */
export function assertCount(count: unknown, where: string): void {
  if (isPossibleCount(count)) return;
  const expected = `a whole number from 1 to ${MOST_ASSETS} is expected`;
  throw new GenblazeError("INVALID_OPTION", `${where}: count: ${expected}; ${describeValue(count)} was given.`);
}
