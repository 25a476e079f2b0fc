import { isJsonFloat } from "../json/json-float.js";
import { formatPythonFloat } from "../json/python-float.js";
import { trimBlanks } from "./trim-blanks.js";
import type { WireType } from "./wire-type.js";

const DECIMAL_TEXT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE_TEXT = /^([+-]?)(?:inf(?:inity)?|(nan))$/i;
const UNDERSCORES_BETWEEN = /^[^_]+(?:_[^_]+)+$/;

/** A float; it is written as one even when it is whole. */
export const realType: WireType<number> = {
  expected: "a number",
  read: (value, context) => {
    if (typeof value === "number") return value;
    if (isJsonFloat(value)) return value.value;
    return context.source === "wire" ? readLeniently(value) : undefined;
  },
  write: (value) => formatPythonFloat(value),
};

function readLeniently(value: unknown): number | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string") return readFloatText(value);
  if (typeof value !== "bigint") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** The float of a text as the Python library converts it, also `inf`, `nan`, ` 1.5 ` and `1_000.5`. */
function readFloatText(text: string): number | undefined {
  // Underscores and surrounding blanks do not go together.
  const plain = UNDERSCORES_BETWEEN.test(text) ? text.replaceAll("_", "") : trimBlanks(text);
  if (DECIMAL_TEXT.test(plain)) return Number(plain);
  const [, sign, nan] = INFINITE_TEXT.exec(plain) ?? [];
  if (sign === undefined) return undefined;
  return nan === undefined ? Number(`${sign}Infinity`) : Number.NaN;
}
