import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../test/thrown.js";
import { sumUsd } from "./sum-usd.js";

/** Billionths of a dollar; sums of a hundred of them are exact as whole doubles. */
const nanoDollars = fc.array(fc.integer({ min: -1e12, max: 1e12 }), { maxLength: 100 });
const amounts = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }), {
  maxLength: 30,
});

describe("sumUsd", () => {
  it.each([
    [[], 0],
    [[0.1, 0.2], 0.3],
    [[0.1, 0.1, 0.1], 0.3],
    [[0.3, -0.1, -0.2], 0],
    [[-0], 0],
    [[1e-7, 2e-7], 3e-7],
    [[1e21, 1], 1e21],
    [[1e21, 1e-7, -1e21], 1e-7],
    [[5e-324, 5e-324], 1e-323],
    [[Number.MAX_VALUE, -Number.MAX_VALUE, 0.022], 0.022],
    [[15.000_000_1, 1.25e-8], 15.000_000_112_5],
  ])("adds %j to %d", (values, sum) => {
    expect(sumUsd(values)).toBe(sum);
  });

  it("prices a route of 80 % budget and 20 % premium calls 76.5 % below premium alone", () => {
    const mixed = sumUsd([0.8 * 0.022, 0.2 * 0.5]);
    expect(mixed).toBe(0.1176);
    expect(Math.round((1 - mixed / 0.5) * 1000) / 10).toBe(76.5);
  });

  it("equals the sum of whole billionths", () => {
    fc.assert(
      fc.property(nanoDollars, (values) => {
        const whole = values.reduce((sum, value) => sum + BigInt(value), 0n);
        expect(sumUsd(values.map((value) => value / 1e9))).toBe(Number(whole) / 1e9);
      }),
    );
  });

  it("does not depend on the order", () => {
    fc.assert(
      fc.property(amounts, (values) => {
        const sorted = [...values].sort((left, right) => left - right);
        expect(sumUsd(sorted)).toBe(sumUsd(values));
        expect(sumUsd(sorted.reverse())).toBe(sumUsd(values));
      }),
    );
  });

  it("gives a single amount back as it is", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(sumUsd([value])).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it("refuses amounts that are not finite", () => {
    expect(codeOf(() => sumUsd([1, Number.NaN]))).toBe("INVALID_OPTION");
    expect(codeOf(() => sumUsd([Number.POSITIVE_INFINITY]))).toBe("INVALID_OPTION");
  });
});
