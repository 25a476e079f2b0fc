import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject } from "../json/json-value.js";
import { type AssetFields, createAsset } from "../manifest/create-model.js";
import type { Asset } from "../manifest/model.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import { describeValue } from "../options/describe-value.js";
import { ANY_MEDIA } from "./any-media.js";
import type { Cost } from "./cost.js";
import { priceCall } from "./price-call.js";
import type { PricingStrategy } from "./pricing-context.js";
import { requestedSeconds } from "./seconds.js";
import { toNumber } from "./to-number.js";

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

const OPTIONS = ["provider", "model", "prompt", "params", "inputs", "count"];
/** No provider makes so many in one call; an estimate holds them all in memory. */
const MOST_ASSETS = 10_000;
const SIZE = /^(\d{1,6})[x*](\d{1,6})$/;

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
  assertKnownOptions(options, OPTIONS, "estimateCost()");
  const { provider, model, prompt, params = {}, inputs = [], count = 1 } = options;
  assertCount(count);
  const assets = expectedAssets(params, count);
  return priceCall(strategy, { provider, model, prompt, params, inputs, assets, payload: {} });
}

function assertCount(count: unknown): void {
  if (typeof count === "number" && Number.isInteger(count) && count >= 1 && count <= MOST_ASSETS) return;
  const expected = `a whole number from 1 to ${MOST_ASSETS} is expected`;
  throw new GenblazeError("INVALID_OPTION", `estimateCost(): count: ${expected}; ${describeValue(count)} was given.`);
}

function expectedAssets(params: JsonObject, count: number): readonly Asset[] {
  const facts = { mediaType: ANY_MEDIA, duration: requestedSeconds(params) ?? null, ...requestedSize(params) };
  return Array.from({ length: count }, (_, index) => {
    return createAsset({ ...facts, assetId: `expected-${index + 1}`, url: "" });
  });
}

function requestedSize(params: JsonObject): Pick<AssetFields, "width" | "height"> {
  const width = toNumber(params.width);
  const height = toNumber(params.height);
  if (width !== undefined && height !== undefined) return { width, height };
  const [, columns, rows] = typeof params.size === "string" ? (SIZE.exec(params.size) ?? []) : [];
  return columns === undefined ? {} : { width: Number(columns), height: Number(rows) };
}
