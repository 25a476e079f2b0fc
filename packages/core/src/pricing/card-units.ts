import type { Asset } from "../manifest/model.js";
import { ANY_MEDIA } from "./any-media.js";
import { toCost, unknownCost } from "./cost.js";
import { perInputChars } from "./per-input-chars.js";
import { perOutputSecond } from "./per-output-second.js";
import type { PricingContext, PricingStrategy } from "./pricing-context.js";
import { outputSeconds } from "./seconds.js";
import { inputTokens, outputTokens } from "./token-counts.js";

const SECONDS_PER_MINUTE = 60;
const PIXELS_PER_MEGAPIXEL = 1_000_000;
const MILLION = 1_000_000;

/** What a price card can count, and the strategy of each. */
export const CARD_UNITS = {
  perRequest: (rateUsd) => () => toCost(rateUsd, "request", 1),
  perImage: (rateUsd) => (context) => {
    const count = imagesOf(context).length;
    return count === 0 ? unknownCost("no asset is an image") : toCost(rateUsd * count, "image", count);
  },
  perMegapixel,
  perSecond: perOutputSecond,
  perMinute: (rateUsd) => (context) => {
    const seconds = outputSeconds(context);
    if (seconds === undefined) return unknownCost("no asset has a duration");
    const minutes = seconds / SECONDS_PER_MINUTE;
    return toCost(minutes * rateUsd, "minute", minutes);
  },
  perThousandCharacters: (rateUsd) => perInputChars(rateUsd, 1000),
  perMillionCharacters: (rateUsd) => perInputChars(rateUsd, MILLION),
  perMillionInputTokens: (rateUsd) => perTokens(rateUsd, "input token", inputTokens),
  perMillionOutputTokens: (rateUsd) => perTokens(rateUsd, "output token", outputTokens),
} as const satisfies Readonly<Record<string, (rateUsd: number) => PricingStrategy>>;

/** Megapixels of all images; as width times height, not rounded up. */
function perMegapixel(rateUsd: number): PricingStrategy {
  return (context) => {
    const images = imagesOf(context);
    if (images.length === 0) return unknownCost("no asset is an image");
    if (images.some(({ width, height }) => width === null || height === null)) {
      return unknownCost("an image has no width and height");
    }
    const pixels = images.reduce((sum, { width, height }) => sum + Number(width) * Number(height), 0);
    const megapixels = pixels / PIXELS_PER_MEGAPIXEL;
    return toCost(megapixels * rateUsd, "megapixel", megapixels);
  };
}

function perTokens(
  rateUsd: number,
  unit: string,
  tokensOf: (payload: PricingContext["payload"]) => number | undefined,
): PricingStrategy {
  return ({ payload }) => {
    const tokens = tokensOf(payload);
    if (tokens === undefined) return unknownCost(`the provider's answer has no count of ${unit}s`);
    return toCost((tokens / MILLION) * rateUsd, unit, tokens);
  };
}

function imagesOf({ assets }: PricingContext): readonly Asset[] {
  return assets.filter(({ mediaType }) => mediaType.startsWith("image/") || mediaType === ANY_MEDIA);
}
