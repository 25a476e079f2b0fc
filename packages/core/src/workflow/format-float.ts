import { type Decimal, roundToDigits, roundToPlaces, shortestDigits } from "./exact-decimal.js";
import type { FormatSpec } from "./format-spec.js";
import { padNumber } from "./pad.js";

/** What C's printf takes where no precision is given. */
const DEFAULT_PRECISION = 6;
/** From this power of ten on, Python's `repr` writes an exponent. */
const FIRST_REPR_EXPONENT = 16;
/** Below this power of ten, `repr` and the type g write an exponent. */
const LAST_PLAIN_EXPONENT = -4;

interface Digits {
  /** Before the point. */
  readonly digits: string;
  /** With the point and the exponent. */
  readonly rest: string;
}

/** A float under a format spec, as Python's `float.__format__`. */
export function formatFloat(value: number, spec: FormatSpec): string {
  const magnitude = Math.abs(value);
  const { digits, rest } = digitsOf(magnitude, spec);
  const isNegative = value < 0 || Object.is(value, -0);
  const isZero = spec.noNegativeZero && Number.isFinite(value) && !/[1-9]/.test(digits + rest.replace(/e.*/i, ""));
  const sign = isNegative && !isZero ? "-" : signOf(spec);
  return padNumber(spec, { sign, prefix: "", digits, rest });
}

/** What stands before a number that is not negative. */
export function signOf({ sign }: FormatSpec): string {
  return sign === "+" || sign === " " ? sign : "";
}

/** Python's `repr` of a float. */
export function reprOfFloat(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const { digits, rest } = shortest(Math.abs(value), false);
  return (value < 0 || Object.is(value, -0) ? "-" : "") + digits + rest;
}

function notFinite(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return value < 0 ? "-inf" : "inf";
}

function digitsOf(magnitude: number, { type, precision, isAlternate }: FormatSpec): Digits {
  const percent = type === "%" ? "%" : "";
  const value = type === "%" ? magnitude * 100 : magnitude;
  const isUpper = type === "E" || type === "F" || type === "G";
  if (!Number.isFinite(value)) {
    const name = notFinite(value);
    return { digits: "", rest: (isUpper ? name.toUpperCase() : name) + percent };
  }
  if (type === "" && precision === undefined) return shortest(value, isAlternate);
  const { digits, rest } = byType(value, type.toLowerCase(), precision ?? DEFAULT_PRECISION, isAlternate);
  return { digits, rest: (isUpper ? rest.toUpperCase() : rest) + percent };
}

function byType(value: number, type: string, precision: number, isAlternate: boolean): Digits {
  if (type === "e") return scientific(roundToDigits(value, precision + 1), isAlternate);
  if (type === "f" || type === "%") return fixed(value, precision, isAlternate);
  const count = Math.max(1, precision);
  const decimal = roundToDigits(value, count);
  // Without a type, a whole number gets ".0", for which there must be room.
  const isBare = type === "";
  const hasExponent = decimal.exponent < LAST_PLAIN_EXPONENT || decimal.exponent >= count - (isBare ? 1 : 0);
  const trimmed = isAlternate ? decimal : { ...decimal, digits: withoutLastZeros(decimal.digits) };
  return hasExponent ? scientific(trimmed, isAlternate) : plain(trimmed, isBare, isAlternate);
}

function shortest(value: number, isAlternate: boolean): Digits {
  const decimal = shortestDigits(value);
  const hasExponent = decimal.exponent < LAST_PLAIN_EXPONENT || decimal.exponent >= FIRST_REPR_EXPONENT;
  return hasExponent ? scientific(decimal, isAlternate) : plain(decimal, true, isAlternate);
}

function fixed(value: number, places: number, isAlternate: boolean): Digits {
  const all = String(roundToPlaces(value, places)).padStart(places + 1, "0");
  const whole = all.length - places;
  return { digits: all.slice(0, whole), rest: withPoint(all.slice(whole), isAlternate) };
}

function scientific({ digits, exponent }: Decimal, isAlternate: boolean): Digits {
  const power = `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  return { digits: digits.slice(0, 1), rest: withPoint(digits.slice(1), isAlternate) + power };
}

function plain({ digits, exponent }: Decimal, isFloat: boolean, isAlternate: boolean): Digits {
  const behind = exponent < 0 ? "0".repeat(-exponent - 1) + digits : digits.slice(exponent + 1);
  const whole = exponent < 0 ? "0" : digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return { digits: whole, rest: withPoint(behind === "" && isFloat ? "0" : behind, isAlternate) };
}

function withPoint(places: string, isAlternate: boolean): string {
  return places === "" && !isAlternate ? "" : `.${places}`;
}

function withoutLastZeros(digits: string): string {
  let end = digits.length;
  while (end > 1 && digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}
