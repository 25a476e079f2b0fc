import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { probabilityBeyond, studentLimit } from "./student-t.js";

describe("studentLimit", () => {
  // The two-sided 95 % column of the table that textbooks print.
  it.each([
    [1, 12.706],
    [2, 4.303],
    [5, 2.571],
    [10, 2.228],
    [30, 2.042],
    [120, 1.98],
    [1e6, 1.96],
  ])("is the table's with %d degrees of freedom: %d", (degrees, limit) => {
    expect(studentLimit(0.95, degrees)).toBeCloseTo(limit, 3);
  });

  it("is where so much lies outside", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 500, noNaN: true }),
        fc.double({ min: 0.5, max: 0.999, noNaN: true }),
        (degrees, confidence) => {
          expect(probabilityBeyond(studentLimit(confidence, degrees), degrees)).toBeCloseTo(1 - confidence, 8);
        },
      ),
    );
    // One degree of freedom is Cauchy's distribution, half of which lies within 1.
    expect(probabilityBeyond(1, 1)).toBeCloseTo(0.5, 12);
  });
});
