import { describe, expect, it } from "vitest";
import { readJson } from "../json/read-json.js";
import { flagType } from "./flag-type.js";
import { realType } from "./real-type.js";
import { timeType } from "./time-type.js";
import { wholeType } from "./whole-type.js";
import { readContext } from "./wire-type.js";

const wire = readContext("wire", true);

// Every row was compared with pydantic's own conversion.
describe("lenient conversions of a stored manifest", () => {
  it.each([
    ["42.0", 42],
    ["true", 1],
    ['" +4_2.00 "', 42],
    ['"007"', 7],
    ['"-0"', 0],
    ["9223372036854774784.0", 9223372036854774784n],
    ["1e20", undefined],
    ["1.5", undefined],
    ["NaN", undefined],
    ['"42."', undefined],
    ['"1e3"', undefined],
    ['"0x10"', undefined],
    ['"4__2"', undefined],
    ['"_42"', undefined],
    ['"\\u0661"', undefined],
    ['"\\u00851"', 1],
    ['"\\ufeff1"', undefined],
    ['""', undefined],
  ])("reads %s as the integer %s", (text, value) => {
    expect(wholeType.read(readJson(text), wire)).toBe(value);
  });

  it.each([
    ["5", 5],
    ["false", 0],
    ['" 1.5e3 "', 1500],
    ['".5"', 0.5],
    ['"5."', 5],
    ['"-Infinity"', Number.NEGATIVE_INFINITY],
    ['"nAn"', Number.NaN],
    ['"1_000.5"', 1000.5],
    ['" 1_000.5"', undefined],
    ['"1__0"', undefined],
    ['"0x1"', undefined],
    ["1".padEnd(310, "0"), undefined],
    ["1".padEnd(309, "0"), 1e308],
  ])("reads %s as the float %s", (text, value) => {
    expect(realType.read(readJson(text), wire)).toBe(value);
  });

  it.each([
    ['"YES"', true],
    ['"oFF"', false],
    ["1.0", true],
    ["0", false],
    ["2", undefined],
    ['" true"', undefined],
  ])("reads %s as the boolean %s", (text, value) => {
    expect(flagType.read(readJson(text), wire)).toBe(value);
  });

  it.each([
    ['"2026-01-15t12:00:00.1234567z"', "2026-01-15T12:00:00.123456Z"],
    ['"2026-01-15 12:00"', "2026-01-15T12:00:00"],
    ['"2026-01-15_12:00:00,5-0530"', "2026-01-15T12:00:00.500000-05:30"],
    ['"2026-01-15T12:00:00\\u221205:30"', "2026-01-15T12:00:00-05:30"],
    ['"2026-01-15T12:00:00-00:00"', "2026-01-15T12:00:00Z"],
    ['"2026-01-15"', "2026-01-15T00:00:00"],
    ['"2024-02-29T00:00:00.000000Z"', "2024-02-29T00:00:00Z"],
    ["1700000000", "2023-11-14T22:13:20Z"],
    ["1700000000123", "2023-11-14T22:13:20.123000Z"],
    ['"1700000000.1234567"', "2023-11-14T22:13:20.123457Z"],
    ["-62135596800000", "0001-01-01T00:00:00Z"],
    ["1234567890.9999999", "2009-02-13T23:31:31Z"],
    ["true", undefined],
    ["NaN", undefined],
    ["1e30", undefined],
    ['"1e9"', undefined],
    ['"2026-02-29T00:00:00Z"', undefined],
    ['"0000-01-01T00:00:00Z"', undefined],
    ['"2026-01-15T24:00:00Z"', undefined],
    ['"2026-01-15T12:00:60Z"', undefined],
    ['"2026-01-15T12:00:00+05"', undefined],
    ['"2026-01-15T12:00:00+24:00"', undefined],
    ['"2026-1-15T12:00:00Z"', undefined],
    ['"20260115T120000Z"', undefined],
  ])("reads %s as the time %s", (text, value) => {
    expect(timeType.read(readJson(text), wire)).toBe(value);
  });
});
