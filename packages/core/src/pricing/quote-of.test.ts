import { describe, expect, it } from "vitest";
import { assetsOf, pricingContext } from "../../test/support/pricing-context.js";
import { codeOf, messageOf } from "../../test/thrown.js";
import { bucketedByDuration } from "./bucketed-by-duration.js";
import { byModelAndParam } from "./by-model-and-param.js";
import { byParam } from "./by-param.js";
import type { EstimateOptions } from "./estimate-cost.js";
import { firstMatch } from "./first-match.js";
import { perInputChars } from "./per-input-chars.js";
import { perOutputSecond } from "./per-output-second.js";
import { perResponseMetric } from "./per-response-metric.js";
import { perUnit } from "./per-unit.js";
import { type PriceCard, priceCard } from "./price-card.js";
import type { PricingStrategy } from "./pricing-context.js";
import { quoteOf } from "./quote-of.js";
import { tiered } from "./tiered.js";
import { withQuote } from "./with-quote.js";

const call: EstimateOptions = { provider: "acme", model: "m-1" };
const onlyAnswer =
  'only the answer tells what a call of acme/m-1 costs; give a maximum: prices: { "acme/m-1": withQuote(..., usd) }';
const usdOf = (strategy: PricingStrategy, options: Partial<EstimateOptions> = {}) =>
  quoteOf(strategy, { ...call, ...options }).usd;
const byTokens = priceCard({ perMillionOutputTokens: 10 });

describe("the quote of a call", () => {
  it.each<[PriceCard, Partial<EstimateOptions>, number]>([
    [{ perRequest: 0.5 }, {}, 0.5],
    [{ perImage: 0.5 }, {}, 0.5],
    [{ perImage: 0.5 }, { params: { n: 3 } }, 1.5],
    [{ perMegapixel: 0.5 }, { params: { width: 1_000, height: 2_000, count: 2 } }, 2],
    [{ perMegapixel: 0.5 }, { params: { size: "1000x2000" } }, 1],
    [{ perSecond: 0.5 }, { params: { durationSeconds: 5 } }, 2.5],
    [{ perMinute: 0.5 }, { params: { duration: "120" } }, 1],
    [{ perThousandCharacters: 0.5 }, { prompt: "x".repeat(2_000) }, 1],
    [{ perMillionCharacters: 0.5 }, { prompt: "x".repeat(2_000) }, 0.001],
    [{ perRequest: 0.5, perSecond: 0.25 }, { params: { durationSeconds: 5 } }, 1.75],
  ])("by the card %j for %j is %d", (card, options, usd) => {
    expect(usdOf(priceCard(card), options)).toBe(usd);
  });

  it("follows from the request by assets, seconds, characters, buckets and tables", () => {
    expect(usdOf(perUnit(0.5), { count: 3 })).toBe(1.5);
    expect(usdOf(perOutputSecond(0.5), { params: { duration_seconds: 4, n: 2 } })).toBe(4);
    expect(usdOf(perInputChars(1, 1), { prompt: "abc" })).toBe(3);
    expect(usdOf(perInputChars(1, 1), { inputs: assetsOf({ metadata: { char_count: 7 } }) })).toBe(7);
    expect(usdOf(bucketedByDuration([{ belowSeconds: 9, usd: 0.2 }]), { params: { duration: 5 } })).toBe(0.2);
    expect(usdOf(byParam("quality", { hd: 0.5 }), { params: { quality: "hd", n: 2 } })).toBe(1);
    expect(usdOf(byModelAndParam("size", { "m-1": { L: 0.5 } }), { params: { size: "L" } })).toBe(0.5);
    const tiers = tiered([[["hd"], 0.5]], ({ params }) => [params.quality]);
    expect(usdOf(tiers, { params: { quality: "hd" } })).toBe(0.5);
  });

  it("of a function of one's own is what that gives for what is expected", () => {
    expect(usdOf(() => ({ usd: 0, unit: "request", quantity: 1 }))).toBe(0);
    expect(
      usdOf(({ assets, params }) => ({ usd: assets.length * Number(params.rate), unit: "asset", quantity: 1 }), {
        params: { rate: 2, n: 2 },
      }),
    ).toBe(4);
  });

  it.each<[string, PricingStrategy]>([
    ["input tokens", priceCard({ perMillionInputTokens: 1 })],
    ["output tokens", byTokens],
    ["tokens among other units", priceCard({ perRequest: 1, perMillionOutputTokens: 1 })],
    ["a fact of the payload", perResponseMetric(({ payload }) => Number(payload.seconds ?? 0))],
    ["seconds that nobody asked for", perOutputSecond(1)],
    ["buckets of seconds that nobody asked for", bucketedByDuration([{ usd: 1 }])],
    ["minutes that nobody asked for", priceCard({ perMinute: 1 })],
    ["a size that nobody asked for", priceCard({ perMegapixel: 1 })],
    ["the bytes of the outputs", ({ assets }) => ({ usd: Number(assets[0]?.sizeBytes), unit: "byte", quantity: 1 })],
    ["the payload, when a context is copied", (context) => perUnit(1)({ ...context, model: "m-2" })],
  ])("is unknown when the price is made of %s", (_, strategy) => {
    expect(quoteOf(strategy, call)).toEqual({ usd: null, reason: onlyAnswer });
  });

  it("is unknown without a price, for a tier that is not there, and when the strategy throws", () => {
    expect(quoteOf(undefined, call)).toEqual({
      usd: null,
      reason: 'no price is known for acme/m-1; give one: prices: { "acme/m-1": perUnit(...) }',
    });
    expect(quoteOf(byParam("quality", { hd: 0.5 }), call)).toEqual({
      usd: null,
      reason: 'params.quality has no price; prices are known for "hd"',
    });
    const broken: PricingStrategy = () => {
      throw new TypeError("no");
    };
    expect(quoteOf(broken, call)).toEqual({
      usd: null,
      reason: "the pricing strategy of acme/m-1 threw TypeError: no",
    });
    expect(usdOf(() => ({ usd: -1, unit: "request", quantity: 1 }))).toBeNull();
  });

  it.each([
    ["n", 3],
    ["count", 3],
    ["num_images", 3],
    ["numImages", 3],
    ["num_outputs", 3],
    ["numOutputs", 3],
    ["numberOfImages", 3],
    ["number_of_images", 3],
    ["numberOfVideos", 3],
    ["number_of_videos", 3],
    ["sampleCount", 3],
    ["sample_count", "3"],
  ])("counts the outputs that params.%s asks for", (name, value) => {
    expect(usdOf(perUnit(0.5), { params: { [name]: value } })).toBe(1.5);
  });

  it("counts the most that the parameters ask for, and what is said of it wins", () => {
    expect(usdOf(perUnit(1), { params: { n: 2, num_images: 4, count: null } })).toBe(4);
    expect(usdOf(perUnit(1), { params: { n: 2 }, count: 3 })).toBe(3);
  });

  it.each(["many", 0, 1.5, -1, 1e9, [2]])("is unknown by assets when %j of them are asked for", (n) => {
    expect(quoteOf(perUnit(1), { ...call, params: { n } })).toEqual({ usd: null, reason: onlyAnswer });
    expect(usdOf(priceCard({ perRequest: 1 }), { params: { n } })).toBe(1);
  });

  it("is refused for a count that no call makes, and for options that there are not", () => {
    expect(messageOf(() => quoteOf(perUnit(1), { ...call, count: 0 }))).toBe(
      "quoteOf(): count: a whole number from 1 to 10000 is expected; the number 0 was given.",
    );
    // What a JavaScript user may pass.
    expect(codeOf(() => quoteOf(perUnit(1), { ...call, n: 1 } as EstimateOptions))).toBe("INVALID_OPTION");
  });
});

describe("the quote of several strategies", () => {
  it("is that of the first that will know the price", () => {
    const table = byParam("quality", { hd: 0.5 });
    expect(usdOf(firstMatch(table, perUnit(1)))).toBe(1);
    expect(usdOf(firstMatch(table, perUnit(1)), { params: { quality: "hd" } })).toBe(0.5);
    expect(usdOf(firstMatch(withQuote(byTokens, 3), perUnit(1)))).toBe(3);
  });

  it("is unknown when a strategy that needs the answer comes first, or none knows", () => {
    expect(quoteOf(firstMatch(perOutputSecond(1), perUnit(1)), call)).toEqual({ usd: null, reason: onlyAnswer });
    expect(
      usdOf(
        firstMatch(
          withQuote(byTokens, () => null),
          perUnit(1),
        ),
      ),
    ).toBeNull();
    expect(usdOf(firstMatch(byParam("a", { b: 1 }), byParam("c", { d: 1 })))).toBeNull();
  });

  it("is unknown when one before it throws", () => {
    const broken: PricingStrategy = () => {
      throw new TypeError("no");
    };
    expect(usdOf(firstMatch(broken, perUnit(1)))).toBeNull();
  });
});

describe("a price with a maximum", () => {
  it("is quoted at it, and costs what it costs", () => {
    const price = withQuote(byTokens, 0.25);
    expect(quoteOf(price, call)).toEqual({ usd: 0.25, unit: "request", quantity: 1 });
    expect(price(pricingContext({ payload: { output_tokens: 50_000 } })).usd).toBe(0.5);
  });

  it("may follow from the request", () => {
    const price = withQuote(byTokens, ({ params, count }) =>
      typeof params.max_tokens === "number" && count !== undefined ? (params.max_tokens / 1e6) * 10 * count : null,
    );
    expect(usdOf(price, { params: { max_tokens: 50_000 }, count: 2 })).toBe(1);
    expect(quoteOf(price, call)).toEqual({ usd: null, reason: "no maximum is known for such a call" });
    expect(usdOf(withQuote(byTokens, () => Number.NaN))).toBeNull();
  });

  it("is refused without a strategy, and with a maximum that is no price", () => {
    expect(codeOf(() => withQuote(perUnit(1), -1))).toBe("INVALID_OPTION");
    expect(codeOf(() => withQuote(undefined as unknown as PricingStrategy, 1))).toBe("INVALID_OPTION");
  });
});
