import { describe, expect, it } from "vitest";
import { assetsOf } from "../../test/support/pricing-context.js";
import { codeOf } from "../../test/thrown.js";
import { bucketedByDuration } from "./bucketed-by-duration.js";
import { byParam } from "./by-param.js";
import { type EstimateOptions, estimateCost } from "./estimate-cost.js";
import { perInputChars } from "./per-input-chars.js";
import { perOutputSecond } from "./per-output-second.js";
import { perUnit } from "./per-unit.js";
import { priceCard } from "./price-card.js";

const call: EstimateOptions = { provider: "gmicloud", model: "seedream-5.0-lite" };

describe("estimateCost", () => {
  it("assumes one asset, or as many as are said", () => {
    expect(estimateCost(perUnit(0.1), call)).toEqual({ usd: 0.1, unit: "asset", quantity: 1 });
    expect(estimateCost(perUnit(0.1), { ...call, count: 3 })).toEqual({
      usd: 0.300_000_000_000_000_04,
      unit: "asset",
      quantity: 3,
    });
    expect(estimateCost(priceCard({ perImage: 0.5 }), { ...call, count: 4 }).usd).toBe(2);
  });

  it.each([{ durationSeconds: 5 }, { duration_seconds: 5 }, { duration: "5" }])(
    "assumes the length of %j",
    (params) => {
      expect(estimateCost(perOutputSecond(0.5), { ...call, params, count: 2 })).toEqual({
        usd: 5,
        unit: "second",
        quantity: 10,
      });
      expect(estimateCost(bucketedByDuration([{ fromSeconds: 5, usd: 0.2 }]), { ...call, params }).usd).toBe(0.2);
    },
  );

  it.each([{ width: 1000, height: 2000 }, { size: "1000x2000" }])("assumes the size of %j", (params) => {
    expect(estimateCost(priceCard({ perMegapixel: 0.5 }), { ...call, params })).toEqual({
      usd: 1,
      unit: "megapixel",
      quantity: 2,
    });
  });

  it("passes the prompt, the inputs and the parameters on", () => {
    expect(estimateCost(perInputChars(1, 1), { ...call, prompt: "abc" }).usd).toBe(3);
    const inputs = assetsOf({ metadata: { char_count: 7 } });
    expect(estimateCost(perInputChars(1, 1), { ...call, inputs }).usd).toBe(7);
    expect(estimateCost(byParam("quality", { hd: 0.08 }), { ...call, params: { quality: "hd" } }).usd).toBe(0.08);
  });

  it("does not know what only the answer tells", () => {
    expect(estimateCost(perOutputSecond(1), call)).toEqual({ usd: null, reason: "no asset has a duration" });
    expect(estimateCost(priceCard({ perMegapixel: 1 }), { ...call, params: { size: "2K" } }).usd).toBeNull();
    expect(estimateCost(priceCard({ perMillionOutputTokens: 1 }), { ...call, prompt: "hi" })).toEqual({
      usd: null,
      reason: "the provider's answer has no count of output tokens",
    });
    expect(estimateCost(undefined, call).usd).toBeNull();
  });

  it.each([0, -1, 1.5, Number.NaN, 10_001])("refuses to expect %d assets", (count) => {
    expect(codeOf(() => estimateCost(perUnit(1), { ...call, count }))).toBe("INVALID_OPTION");
  });
});
