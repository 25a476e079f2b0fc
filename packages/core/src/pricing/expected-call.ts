import type { Asset } from "../manifest/model.js";
import { expectedAssets } from "./expected-assets.js";
import type { PricingContext, QuoteRequest } from "./pricing-context.js";

/** A call as it is expected to end. */
export interface ExpectedCall {
  readonly context: PricingContext;
  /** Whether anything was read of it so far that only the provider's answer tells. */
  readonly needsAnswer: () => boolean;
}

/**
 * What a strategy is asked with before the call is made: the assets that the request asks for, and nothing in the
 * payload. It notices when the strategy looks at the payload, at a fact of an asset that the request does not name, or at
 * assets whose number nobody can read: a price that was made of an empty answer says nothing of a full one.
 */
export function expectedCall(request: QuoteRequest): ExpectedCall {
  const { provider, model, prompt, params, inputs, count = 1 } = request;
  let needsAnswer = false;
  const notice = () => {
    needsAnswer = true;
  };
  const assets = expectedAssets(params, count).map((asset) => watched(asset, notice));
  const context: PricingContext = {
    ...{ provider, model, prompt, params, inputs },
    get assets() {
      if (request.count === undefined) notice();
      return assets;
    },
    get payload() {
      notice();
      return {};
    },
  };
  return { context, needsAnswer: () => needsAnswer };
}

function watched(asset: Asset, notice: () => void): Asset {
  return new Proxy(asset, {
    get(target, name) {
      if (!isRequested(target, name)) notice();
      return Reflect.get(target, name);
    },
  });
}

function isRequested({ duration, width, height }: Asset, name: string | symbol): boolean {
  if (name === "mediaType") return true;
  if (name === "duration") return duration !== null;
  if (name === "width") return width !== null;
  return name === "height" && height !== null;
}
