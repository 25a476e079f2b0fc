import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.js";
import { canonicalizeJson, hashJson } from "./canonicalize-json.js";
import { hashText } from "./hash-text.js";
import { float } from "./json-float.js";
import type { JsonInput } from "./json-input.js";

describe("canonicalJson", () => {
  it.each<[string, JsonInput, string]>([
    ["a safe whole number as an integer", 7, "7"],
    ["a wrapped whole number as a float", float(7), "7.0"],
    ["a plain -0 as the integer 0", -0, "0"],
    ["a wrapped -0 as the float", float(-0), "-0.0"],
    ["a bigint with all digits", 2n ** 64n, "18446744073709551616"],
    ["an unsafe whole number as the float that it is", 1e20, "1e+20"],
    ["NaN and infinities as null", [Number.NaN, float(Number.POSITIVE_INFINITY)], "[null,null]"],
    ["values in NFC, keys as they are", { "e\u0301": "e\u0301" }, '{"e\u0301":"\u00e9"}'],
    ["keys by code point, not by UTF-16 unit", { "\u{1f600}": 1, "\uffff": 2 }, '{"\uffff":2,"\u{1f600}":1}'],
    ["integer-like keys as texts", { 10: 1, 9: 2 }, '{"10":1,"9":2}'],
    ["lone surrogates raw", ["\ud800\n"], '["\ud800\\n"]'],
  ])("writes %s", (_name, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it("refuses what is no JSON", () => {
    // @ts-expect-error a function is no JsonInput
    expect(() => canonicalJson({ a: () => 1 })).toThrow("Expected a JSON value, got function");
  });

  it("refuses values below level 100", () => {
    expect(canonicalizeJson(`${"[".repeat(100)}1${"]".repeat(100)}`)).toHaveLength(201);
    expect(() => canonicalizeJson(`${"[".repeat(101)}1${"]".repeat(101)}`)).toThrow("at most 100 levels");
  });

  it("looks like the plain number to JSON.stringify and arithmetic", () => {
    expect(JSON.stringify({ guidance: float(7) })).toBe('{"guidance":7}');
    expect(Number(float(7)) + 1).toBe(8);
  });
});

describe("hashText", () => {
  it("gives the published hash of abc", () => {
    expect(hashText("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("refuses a lone surrogate and keeps a pair together across its pieces", async () => {
    const { createHash } = await import("node:crypto");
    const text = `${"a".repeat(65535)}😀${"b".repeat(70_000)}`;
    expect(hashText(text)).toBe(createHash("sha256").update(text).digest("hex"));
    expect(() => hashText("a\udc00")).toThrow(expect.objectContaining({ code: "HASH_IMPOSSIBLE" }));
  });
});

describe("hashJson", () => {
  it("does not depend on key order, blanks or digits beyond the tenth place", () => {
    expect(hashJson('{ "b": 1.00000000001, "a": "\\u0041" }')).toBe(hashJson('{"a":"A","b":1.0}'));
    expect(hashJson('{"a":5}')).not.toBe(hashJson('{"a":5.0}'));
  });
});
