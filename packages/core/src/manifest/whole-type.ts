import { isJsonFloat } from "../json/json-float.js";
import { MAX_INTEGER_DIGITS } from "../json/read-json-number.js";
import type { WholeNumber } from "./model.js";
import { trimBlanks } from "./trim-blanks.js";
import type { WireType } from "./wire-type.js";

const INTEGER_TEXT = /^[+-]?\d+(?:_\d+)*(?:\.0+)?$/;
const FIRST_BEYOND_INT_64 = 2 ** 63;

/** A whole number of any size. */
export const wholeType: WireType<WholeNumber> = {
  expected: "a whole number (a bigint beyond 2^53)",
  read: (value, context) => {
    if (typeof value === "number") return Number.isSafeInteger(value) ? value + 0 : undefined;
    if (typeof value === "bigint") return toWholeNumber(value);
    return context.source === "wire" ? readLeniently(value) : undefined;
  },
  write: (value) => String(value),
};

/** A `number` where it is exact, else the `bigint`. */
function toWholeNumber(value: bigint): WholeNumber {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function readLeniently(value: unknown): WholeNumber | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string") return readIntegerText(value);
  if (!isJsonFloat(value)) return undefined;
  const float = value.value;
  return float > -FIRST_BEYOND_INT_64 && float < FIRST_BEYOND_INT_64 ? toWholeNumber(BigInt(float)) : undefined;
}

function readIntegerText(text: string): WholeNumber | undefined {
  const trimmed = trimBlanks(text);
  if (trimmed.length > MAX_INTEGER_DIGITS || !INTEGER_TEXT.test(trimmed)) return undefined;
  const digits = trimmed.replace(/^\+|_|\.0+$/g, "");
  return toWholeNumber(BigInt(digits));
}
