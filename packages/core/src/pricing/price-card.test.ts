import { describe, expect, it } from "vitest";
import { assetsOf, pricingContext } from "../../test/support/pricing-context.js";
import { codeOf, messageOf } from "../../test/thrown.js";
import { type PriceCard, priceCard } from "./price-card.js";
import type { PricingContext } from "./pricing-context.js";

const image = { width: 1024, height: 2048n };

describe("priceCard", () => {
  it.each<[PriceCard, Partial<PricingContext>, number, string, number]>([
    [{ perRequest: 0.5 }, {}, 0.5, "request", 1],
    [{ perImage: 0.5 }, { assets: assetsOf({}, {}, { mediaType: "text/plain" }) }, 1, "image", 2],
    [
      { perMegapixel: 0.5 },
      { assets: assetsOf(image, { width: 1000, height: 1000 }) },
      1.548576,
      "megapixel",
      3.097152,
    ],
    [{ perSecond: 0.5 }, { assets: assetsOf({ duration: 3 }) }, 1.5, "second", 3],
    [{ perMinute: 0.5 }, { assets: assetsOf({ duration: 90 }) }, 0.75, "minute", 1.5],
    [{ perThousandCharacters: 0.5 }, { prompt: "ab" }, 0.001, "character", 2],
    [{ perMillionCharacters: 0.5 }, { prompt: "ab" }, 0.000001, "character", 2],
    [{ perMillionInputTokens: 0.5 }, { payload: { usage: { input_tokens: 2000 } } }, 0.001, "input token", 2000],
    [{ perMillionOutputTokens: 0.5 }, { payload: { usage: { output_tokens: 0 } } }, 0, "output token", 0],
  ])("prices by %j", (card, fields, usd, unit, quantity) => {
    expect(priceCard(card)(pricingContext(fields))).toEqual({ usd, unit, quantity });
  });

  it.each([
    { usage: { inputTokens: 1000, outputTokens: 100 } },
    { usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 } },
    { usage: { prompt_tokens: 1000, completion_tokens: 100 } },
    { usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 60, thoughtsTokenCount: 40 } },
    { tokens_in: 1000, tokens_out: 100 },
  ])("adds tokens read and tokens written as %j counts them", (payload) => {
    const strategy = priceCard({ perMillionInputTokens: 100, perMillionOutputTokens: 2000 });
    expect(strategy(pricingContext({ payload }))).toEqual({
      // As doubles 0.1 + 0.2 would be 0.30000000000000004.
      usd: 0.3,
      unit: "request",
      quantity: 1,
      parts: [
        { usd: 0.1, unit: "input token", quantity: 1000 },
        { usd: 0.2, unit: "output token", quantity: 100 },
      ],
    });
  });

  it.each<[PriceCard, Partial<PricingContext>, string]>([
    [{ perImage: 1 }, { assets: assetsOf({ mediaType: "video/mp4" }) }, "no asset is an image"],
    [{ perMegapixel: 1 }, {}, "no asset is an image"],
    [{ perMegapixel: 1 }, { assets: assetsOf(image, { width: 5 }) }, "an image has no width and height"],
    [{ perSecond: 1 }, {}, "no asset has a duration"],
    [{ perMinute: 1 }, {}, "no asset has a duration"],
    [{ perSecond: 1, perMinute: 1 }, {}, "no asset has a duration"],
    [{ perRequest: 1, perMillionInputTokens: 1 }, {}, "the provider's answer has no count of input tokens"],
    [
      { perMillionInputTokens: 1, perMillionOutputTokens: 1 },
      { payload: { usage: [1], usageMetadata: { promptTokenCount: "many" } } },
      "the provider's answer has no count of input tokens; the provider's answer has no count of output tokens",
    ],
  ])("is unknown by %j when a quantity is missing", (card, fields, reason) => {
    expect(priceCard(card)(pricingContext(fields))).toEqual({ usd: null, reason });
  });

  it("refuses an empty card, a unit that it does not know, and a bad rate", () => {
    expect(codeOf(() => priceCard({}))).toBe("INVALID_OPTION");
    // A misspelt name from JavaScript.
    const misspelt = { perImages: 1 } as PriceCard;
    expect(messageOf(() => priceCard(misspelt))).toMatch(/no option "perImages"\. Did you mean "perImage"\?/);
    expect(messageOf(() => priceCard({ perImage: -1 }))).toBe(
      "priceCard(): perImage: US dollars of 0 or more are expected; the number -1 was given.",
    );
  });
});
