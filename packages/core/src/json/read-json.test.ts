import { describe, expect, it } from "vitest";
import { GenblazeError } from "../errors/genblaze-error.js";
import { float } from "./json-float.js";
import { MAX_JSON_DEPTH, readJson } from "./read-json.js";

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

describe("readJson", () => {
  it.each([
    ["5", 5],
    ["5.0", float(5)],
    ["-0", 0],
    ["-0.0", float(-0)],
    ["1e2", float(100)],
    ["0.5", 0.5],
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", 9007199254740993n],
    ["-123456789012345678901234567890", -123456789012345678901234567890n],
    ["000".slice(0, 1), 0],
    ["1e400", Number.POSITIVE_INFINITY],
    ["NaN", Number.NaN],
    ["-Infinity", Number.NEGATIVE_INFINITY],
    [' [ true , false , null , "x" ] ', [true, false, null, "x"]],
    ['"\\u00e9\\n\\/\\ud83d\\ude00"', "é\n/😀"],
    ['"\\ud800"', "\ud800"],
    ['{"a":1,"a":2}', { a: 2 }],
  ])("reads %s without loss", (text, value) => {
    expect(readJson(text)).toEqual(value);
  });

  it("keeps the sign of a float zero and drops that of an integer zero", () => {
    expect(Object.is(readJson("-0"), 0)).toBe(true);
    expect(Object.is(Number(readJson("-0.0")), -0)).toBe(true);
  });

  it("takes __proto__ and constructor as keys like any other", () => {
    const value = readJson('{"__proto__":{"polluted":1},"constructor":2}');
    expect(Object.keys(Object(value))).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect("polluted" in {}).toBe(false);
  });

  it.each([
    "",
    " ",
    "{",
    "[",
    "[1,]",
    "{,}",
    '{"a"}',
    '{"a":}',
    "{a:1}",
    "01",
    "1.",
    ".5",
    "+1",
    "-",
    "1e",
    "tru",
    "nan",
    "- Infinity",
    '"',
    '"\\',
    '"\\x"',
    '"\\u12"',
    '"\\u12g4"',
    '"\t"',
    "1 2",
    "\ufeff1",
    "\u00a01",
    "// x\n1",
    "'a'",
  ])("refuses %j with a place and what was expected", (text) => {
    expect(() => readJson(text)).toThrow(/^This is not JSON: expected .+ at character \d+\. Check /);
  });

  it("never quotes the text in its error", () => {
    expect(() => readJson('{"token": hunter2}')).toThrow(expect.not.objectContaining({ message: /hunter/ }));
  });

  it("refuses integers above 4300 digits and takes floats of any length", () => {
    expect(readJson("9".repeat(4300))).toBe(BigInt("9".repeat(4300)));
    expect(() => readJson("9".repeat(4301))).toThrow("at most 4300 digits");
    expect(readJson(`0.${"1".repeat(5000)}`)).toBeCloseTo(0.1111111111, 10);
  });

  it("ends at its depth limit, also for a hostile text", () => {
    expect(MAX_JSON_DEPTH).toBe(1000);
    expect(readJson(nested(1000))).toEqual(expect.any(Array));
    for (const text of [nested(1001), "[".repeat(1_000_000), '{"a":'.repeat(1_000_000)]) {
      expect(() => readJson(text)).toThrow(GenblazeError);
    }
  });
});
