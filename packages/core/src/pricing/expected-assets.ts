import type { JsonObject } from "../json/json-value.js";
import { type AssetFields, createAsset } from "../manifest/create-model.js";
import type { Asset } from "../manifest/model.js";
import { ANY_MEDIA } from "./any-media.js";
import { requestedSeconds } from "./seconds.js";
import { toNumber } from "./to-number.js";

/** No provider makes so many in one call; an estimate holds them all in memory. */
export const MOST_ASSETS = 10_000;
const SIZE = /^(\d{1,6})[x*](\d{1,6})$/;

/** Whether a call can make so many assets: a whole number from 1 to 10,000. */
export function isPossibleCount(count: unknown): count is number {
  return typeof count === "number" && Number.isInteger(count) && count >= 1 && count <= MOST_ASSETS;
}

/** Assets as the parameters ask for them: each as long and as large as they say, of any kind. */
export function expectedAssets(params: JsonObject, count: number): readonly Asset[] {
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
