import { describe, expect, it } from "vitest";
import { compareCodePoints, sortByCodePoint } from "./compare-code-points.js";

const byPoints = (left: string, right: string): number => {
  const [first, second] = [Array.from(left), Array.from(right)];
  for (let index = 0; index < Math.min(first.length, second.length); index += 1) {
    const difference = (first[index]?.codePointAt(0) ?? 0) - (second[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return first.length - second.length;
};

describe("compareCodePoints", () => {
  it("agrees with the order of the code points for every pair of odd texts", () => {
    const units = ["", "a", "\ud7ff", "\ud800", "\ud83d", "\udc00", "\ude00", "\ue000", "\uffff"];
    const texts = units.flatMap((first) => units.flatMap((second) => units.map((third) => first + second + third)));
    for (const left of texts) {
      for (const right of texts) {
        expect(Math.sign(compareCodePoints(left, right))).toBe(Math.sign(byPoints(left, right)));
      }
    }
  });

  it("puts the shorter prefix first", () => {
    expect(sortByCodePoint(["b", "ab", "a", ""])).toEqual(["", "a", "ab", "b"]);
  });
});
