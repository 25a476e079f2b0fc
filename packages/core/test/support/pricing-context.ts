import { type AssetFields, createAsset } from "../../src/manifest/create-model.js";
import type { Asset } from "../../src/manifest/model.js";
import type { PricingContext } from "../../src/pricing/pricing-context.js";

/** A call of "p" with model "m" that was given nothing and made nothing, but for what is said. */
export function pricingContext(fields: Partial<PricingContext> = {}): PricingContext {
  return { provider: "p", model: "m", prompt: undefined, params: {}, inputs: [], assets: [], payload: {}, ...fields };
}

/** Assets, an image each unless said otherwise. */
export function assetsOf(...list: readonly Partial<AssetFields>[]): readonly Asset[] {
  return list.map((fields) => createAsset({ assetId: "a", url: "u", mediaType: "image/png", ...fields }));
}
