import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assetsOf, pricingContext } from "../../test/support/pricing-context.js";
import { codeOf, messageOf } from "../../test/thrown.js";
import { float } from "../json/json-float.js";
import { bucketedByDuration } from "./bucketed-by-duration.js";
import { byModelAndParam } from "./by-model-and-param.js";
import { byParam } from "./by-param.js";
import { firstMatch } from "./first-match.js";
import { perInputChars } from "./per-input-chars.js";
import { perOutputSecond } from "./per-output-second.js";
import { perResponseMetric } from "./per-response-metric.js";
import { perUnit } from "./per-unit.js";
import { tiered } from "./tiered.js";

const two = assetsOf({}, {});

describe("strategies", () => {
  it("tell the unit and how many of it were counted", () => {
    const film = assetsOf({ duration: 1.5 }, { duration: 2.5 }, { duration: null });
    expect(perUnit(0.5)(pricingContext({ assets: two }))).toEqual({ usd: 1, unit: "asset", quantity: 2 });
    expect(perOutputSecond(0.5)(pricingContext({ assets: film }))).toEqual({ usd: 2, unit: "second", quantity: 4 });
    expect(perInputChars(0.5, 2)(pricingContext({ prompt: "😀é12" }))).toEqual({
      usd: 1,
      unit: "character",
      quantity: 4,
    });
    expect(byParam("q", { hd: 0.5 })(pricingContext({ params: { q: "hd" }, assets: two }))).toEqual({
      usd: 1,
      unit: "asset",
      quantity: 2,
    });
    expect(byParam("q", { hd: 0.5 }, { perOutput: false })(pricingContext({ params: { q: "hd" } }))).toEqual({
      usd: 0.5,
      unit: "request",
      quantity: 1,
    });
  });

  it("never give a price below 0, nor one that is not finite", () => {
    const rate = fc.double({ min: 0, max: 1e300, noNaN: true });
    const seconds = fc.double({ min: 0, noNaN: true });
    fc.assert(
      fc.property(rate, fc.array(seconds, { maxLength: 4 }), (rateUsd, durations) => {
        const context = pricingContext({ assets: assetsOf(...durations.map((duration) => ({ duration }))) });
        for (const strategy of [perUnit(rateUsd), perOutputSecond(rateUsd)]) {
          const { usd } = strategy(context);
          expect(usd === null || (usd >= 0 && Number.isFinite(usd))).toBe(true);
        }
      }),
    );
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, "1", undefined])("refuse the rate %s", (given) => {
    // What a JavaScript user may pass.
    const rate = given as number;
    for (const make of [
      () => perUnit(rate),
      () => perInputChars(rate),
      () => perOutputSecond(rate),
      () => byParam("q", { hd: rate }),
      () => byModelAndParam("q", { m: { hd: rate } }),
      () => tiered([[["hd"], rate]], () => ["hd"]),
      () => bucketedByDuration([{ usd: rate }]),
    ]) {
      expect(codeOf(make)).toBe("INVALID_OPTION");
    }
  });
});

describe("perInputChars", () => {
  it("does not guess without a prompt and a count of characters", () => {
    expect(perInputChars(1)(pricingContext({ inputs: assetsOf({}) }))).toEqual({
      usd: null,
      reason: "there is no prompt, and no input says its char_count",
    });
  });

  it("refuses to divide by 0", () => {
    expect(messageOf(() => perInputChars(1, 0))).toBe(
      "perInputChars(): per: a number above 0 is expected; the number 0 was given.",
    );
  });
});

describe("perResponseMetric", () => {
  const byTime = perResponseMetric(({ payload }) =>
    typeof payload.predict_time === "number" ? payload.predict_time * 0.5 : undefined,
  );

  it("gives the dollars that the function reads", () => {
    expect(byTime(pricingContext({ payload: { predict_time: 3 } }))).toEqual({
      usd: 1.5,
      unit: "request",
      quantity: 1,
    });
  });

  it("is unknown when the answer lacks the fact", () => {
    expect(byTime(pricingContext())).toEqual({
      usd: null,
      reason: "the provider's answer does not hold the fact that the price is made of",
    });
  });
});

describe("byParam", () => {
  it("finds a number in an object by its text", () => {
    const strategy = byParam("duration", { 5: 0.25, 10: 0.5 });
    for (const duration of [10, "10", float(10)]) {
      // A float is no JsonValue by its type, but may stand in parameters.
      const params = { duration: duration as number };
      expect(strategy(pricingContext({ params })).usd).toBe(0.5);
    }
  });

  it("finds a value in a list of pairs or a Map by its type", () => {
    for (const table of [[[10, 0.5]] as const, new Map([[10, 0.5]])]) {
      const strategy = byParam("duration", table);
      expect(strategy(pricingContext({ params: { duration: 10 } })).usd).toBe(0.5);
      expect(strategy(pricingContext({ params: { duration: "10" } })).usd).toBeNull();
    }
  });

  it("finds a parameter that is not given under null", () => {
    const strategy = byParam("hd", [
      [true, 0.08],
      [null, 0.04],
    ]);
    expect(strategy(pricingContext()).usd).toBe(0.04);
    expect(strategy(pricingContext({ params: { hd: null } })).usd).toBe(0.04);
    expect(strategy(pricingContext({ params: { hd: true } })).usd).toBe(0.08);
  });

  it("does not take what every object has for a price", () => {
    expect(byParam("q", { hd: 1 })(pricingContext({ params: { q: "constructor" } })).usd).toBeNull();
    expect(byParam("q", { hd: 1 })(pricingContext({ params: { q: { hd: true } } })).usd).toBeNull();
  });

  it("names the values with a price, not the one that was given", () => {
    expect(byParam("q", { hd: 1, sd: 2 })(pricingContext({ params: { q: "secret" } }))).toEqual({
      usd: null,
      reason: 'params.q has no price; prices are known for "hd", "sd"',
    });
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`v${index}`, 1]));
    expect(byParam("q", many)(pricingContext())).toEqual({
      usd: null,
      reason: 'params.q has no price; prices are known for "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7" and more',
    });
  });

  it("refuses an empty name, an empty table and a value with two prices", () => {
    expect(codeOf(() => byParam("", { hd: 1 }))).toBe("INVALID_OPTION");
    expect(codeOf(() => byParam("q", {}))).toBe("INVALID_OPTION");
    expect(codeOf(() => byParam("q", { hd: 1 }, { otherwiseUsd: -1 }))).toBe("INVALID_OPTION");
    const twice = [
      ["hd", 1],
      ["hd", 2],
    ] as const;
    expect(messageOf(() => byParam("q", twice))).toBe('byParam(): the value "hd" has two prices; leave one.');
  });
});

describe("byModelAndParam", () => {
  const strategy = byModelAndParam("duration", { gen4: { 5: 0.25 } });

  it("says whether the model or the parameter's value has no price", () => {
    expect(strategy(pricingContext({ model: "gen4", params: { duration: 5 } })).usd).toBe(0.25);
    expect(strategy(pricingContext({ model: "gen5", params: { duration: 5 } }))).toEqual({
      usd: null,
      reason: 'the price table has no model "gen5"',
    });
    expect(strategy(pricingContext({ model: "gen4" }))).toEqual({
      usd: null,
      reason: 'params.duration has no price; prices are known for "5"',
    });
  });

  it("refuses a table without a model", () => {
    expect(codeOf(() => byModelAndParam("duration", {}))).toBe("INVALID_OPTION");
  });
});

describe("tiered", () => {
  const strategy = tiered(
    [
      [["standard", "1024x1024"], 0.04],
      [["hd", "1024x1024"], 0.08],
      [["hd", null], 0.12],
    ],
    ({ params }) => [params.quality ?? "standard", params.size],
  );

  it("prices each asset by all facts together, and one when none was made", () => {
    const params = { quality: "hd", size: "1024x1024" };
    expect(strategy(pricingContext({ params, assets: two }))).toEqual({ usd: 0.16, unit: "asset", quantity: 2 });
    expect(strategy(pricingContext({ params })).usd).toBe(0.08);
    expect(strategy(pricingContext({ params: { size: "1024x1024" } })).usd).toBe(0.04);
    expect(strategy(pricingContext({ params: { quality: "hd" } })).usd).toBe(0.12);
  });

  it("is unknown when no tier fits", () => {
    expect(strategy(pricingContext({ params: { quality: "ultra" } }))).toEqual({
      usd: null,
      reason: "none of the 3 price tiers fits the call",
    });
  });

  it("refuses no tiers, and a tier that is there twice", () => {
    expect(codeOf(() => tiered([], () => []))).toBe("INVALID_OPTION");
    const twice = [
      [["hd"], 1],
      [["hd"], 2],
    ] as const;
    expect(messageOf(() => tiered(twice, () => []))).toBe('tiered(): ["hd"] has two prices; leave one.');
  });
});

describe("bucketedByDuration", () => {
  const strategy = bucketedByDuration([
    { fromSeconds: 5, usd: 0.5 },
    { belowSeconds: 4, usd: 0.2 },
  ]);

  it("has an open end, and holes where buckets leave them", () => {
    expect(strategy(pricingContext({ assets: assetsOf({ duration: 3.999 }) })).usd).toBe(0.2);
    expect(strategy(pricingContext({ assets: assetsOf({ duration: 3000 }) })).usd).toBe(0.5);
    expect(strategy(pricingContext({ assets: assetsOf({ duration: 4 }) }))).toEqual({
      usd: null,
      reason: "no price is given for a length of 4 seconds",
    });
  });

  it("takes the length that was asked for when no asset has one", () => {
    expect(strategy(pricingContext({ params: { durationSeconds: 6, duration: 1 } })).usd).toBe(0.5);
    expect(strategy(pricingContext({ params: { duration_seconds: "6" } })).usd).toBe(0.5);
    expect(strategy(pricingContext({ params: { durationSeconds: 0 } }))).toEqual({
      usd: null,
      reason: "no asset has a duration, and the parameters ask for none",
    });
  });

  it("refuses no buckets, empty ones, and two for one length", () => {
    expect(codeOf(() => bucketedByDuration([]))).toBe("INVALID_OPTION");
    expect(codeOf(() => bucketedByDuration([{ fromSeconds: 5, belowSeconds: 5, usd: 1 }]))).toBe("INVALID_OPTION");
    expect(codeOf(() => bucketedByDuration([{ fromSeconds: Number.NaN, usd: 1 }]))).toBe("INVALID_OPTION");
    const overlapping = [
      { belowSeconds: 5, usd: 1 },
      { fromSeconds: 4, usd: 2 },
    ];
    expect(messageOf(() => bucketedByDuration(overlapping))).toBe(
      "bucketedByDuration(): two buckets hold 4 seconds; leave one.",
    );
  });
});

describe("firstMatch", () => {
  it("gives the first known price", () => {
    const strategy = firstMatch(perOutputSecond(1), perUnit(0.1), perUnit(5));
    expect(strategy(pricingContext({ assets: two })).usd).toBe(0.2);
  });

  it("takes a price of 0 for a price", () => {
    expect(firstMatch(perUnit(0), perUnit(5))(pricingContext({ assets: two })).usd).toBe(0);
  });

  it("gives every reason once when no price is known", () => {
    expect(firstMatch(perOutputSecond(1), perUnit(1), perUnit(2))(pricingContext())).toEqual({
      usd: null,
      reason: "no asset has a duration; no asset was made",
    });
  });

  it("refuses to choose from nothing", () => {
    expect(codeOf(() => firstMatch())).toBe("INVALID_OPTION");
  });
});
