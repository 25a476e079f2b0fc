import { describe, expect, it } from "vitest";
import { formatPythonFloat } from "./python-float.js";

describe("formatPythonFloat", () => {
  it.each([
    [0, "0.0"],
    [-0, "-0.0"],
    [-4e-11, "-0.0"],
    [1e-5, "1e-05"],
    [0.0001, "0.0001"],
    [1 / 2048, "0.0004882812"],
    [3 / 2048, "0.0014648438"],
    [-1 / 2048, "-0.0004882812"],
    [2.675, "2.675"],
    [1e15, "1000000000000000.0"],
    [1e16, "1e+16"],
    [123456789012345680000, "1.2345678901234568e+20"],
    [1e300, "1e+300"],
    [Number.NaN, "null"],
    [Number.NEGATIVE_INFINITY, "null"],
  ])("prints %d as Python does", (value, text) => {
    expect(formatPythonFloat(value)).toBe(text);
  });
});
