import { describe, expect, it } from "vitest";
import { pricingContext } from "../../test/support/pricing-context.js";
import { perResponseMetric } from "./per-response-metric.js";
import { priceCall } from "./price-call.js";
import type { PricingStrategy } from "./pricing-context.js";

const context = pricingContext({ provider: "luma", model: "ray-2" });

describe("priceCall", () => {
  it("gives a strategy's cost as it is", () => {
    expect(priceCall(() => ({ usd: 0, unit: "asset", quantity: 2 }), context)).toEqual({
      usd: 0,
      unit: "asset",
      quantity: 2,
    });
  });

  it("says which price to give when there is no strategy", () => {
    expect(priceCall(undefined, context)).toEqual({
      usd: null,
      reason: 'no price is known for luma/ray-2; give one: prices: { "luma/ray-2": perUnit(...) }',
    });
  });

  it("turns what a strategy throws into a reason, without secrets", () => {
    const throwing = (thrown: unknown) => () => {
      throw thrown;
    };
    expect(priceCall(throwing(new TypeError("no table")), context)).toEqual({
      usd: null,
      reason: "the pricing strategy of luma/ray-2 threw TypeError: no table",
    });
    expect(priceCall(throwing("oops"), context)).toEqual({
      usd: null,
      reason: "the pricing strategy of luma/ray-2 threw oops",
    });
    expect(priceCall(throwing(new Error(`key sk-${"a".repeat(24)}`)), context)).toEqual({
      usd: null,
      reason: "the pricing strategy of luma/ray-2 threw Error: key [REDACTED]",
    });
  });

  it.each([-0.01, Number.NaN, Number.POSITIVE_INFINITY])("calls the price %d unknown", (usd) => {
    const unknown = { usd: null, reason: `the price came out as ${usd}, which is no amount of dollars` };
    expect(priceCall(() => ({ usd, unit: "asset", quantity: 1 }), context)).toEqual(unknown);
    expect(perResponseMetric(() => usd)(context)).toEqual(unknown);
  });

  it.each([
    [0.5, "the number 0.5"],
    [undefined, "nothing"],
    [null, "null"],
    [{}, "an object"],
    [{ usd: "1" }, "a string"],
  ])("tells an untyped strategy that gives %j what is expected", (given, named) => {
    // A strategy of a JavaScript user.
    const strategy = (() => given) as unknown as PricingStrategy;
    expect(priceCall(strategy, context)).toEqual({
      usd: null,
      reason: `the pricing strategy gave ${named} where { usd, unit, quantity } is expected`,
    });
  });

  it("has a reason even when an untyped strategy gives none", () => {
    const strategy = (() => ({ usd: null })) as unknown as PricingStrategy;
    expect(priceCall(strategy, context)).toEqual({ usd: null, reason: "the pricing strategy gave no reason" });
  });
});
