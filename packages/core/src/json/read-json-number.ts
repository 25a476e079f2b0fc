import type { JsonCursor } from "./json-cursor.js";
import { JsonFloat } from "./json-float.js";
import { jsonProblem } from "./json-problem.js";

/** The most digits of an integer; Python's own limit, which keeps the conversion cheap. */
export const MAX_INTEGER_DIGITS = 4300;

const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_E = 0x65;
const UPPER_E = 0x45;
// 15 digits always fit a double exactly.
const EXACT_DIGITS = 15;

/** Reads the number that the cursor stands on; a whole-numbered float comes back as a `JsonFloat`. */
export function readNumber(cursor: JsonCursor): number | bigint | JsonFloat {
  const { text, index: start } = cursor;
  const first = text.charCodeAt(start) === MINUS ? start + 1 : start;
  if (first > start && text.startsWith("Infinity", first)) {
    cursor.index = first + "Infinity".length;
    return Number.NEGATIVE_INFINITY;
  }
  const integerEnd = text.charCodeAt(first) === ZERO ? first + 1 : skipDigits(text, first);
  if (integerEnd === first) throw jsonProblem(start, first === start ? "a value" : "a digit after the minus sign");
  const end = skipExponent(text, skipFraction(text, integerEnd));
  cursor.index = end;
  const token = text.slice(start, end);
  return end === integerEnd ? toInteger(token, end - first, start) : toFloat(Number(token));
}

/** A float of a JSON text in the form of `JsonInput`. */
function toFloat(value: number): number | JsonFloat {
  return Number.isInteger(value) ? new JsonFloat(value) : value;
}

function toInteger(token: string, digits: number, start: number): number | bigint {
  // "-0" is the integer 0; adding 0 drops the sign.
  if (digits <= EXACT_DIGITS) return Number(token) + 0;
  if (digits > MAX_INTEGER_DIGITS) throw jsonProblem(start, `at most ${MAX_INTEGER_DIGITS} digits in an integer`);
  const value = Number(token);
  return Number.isSafeInteger(value) ? value : BigInt(token);
}

function skipDigits(text: string, from: number): number {
  let index = from;
  for (;;) {
    const code = text.charCodeAt(index);
    if (!(code >= ZERO && code <= NINE)) return index;
    index += 1;
  }
}

function skipFraction(text: string, from: number): number {
  if (text.charCodeAt(from) !== DOT) return from;
  const end = skipDigits(text, from + 1);
  return end === from + 1 ? from : end;
}

function skipExponent(text: string, from: number): number {
  const letter = text.charCodeAt(from);
  if (letter !== LOWER_E && letter !== UPPER_E) return from;
  const sign = text.charCodeAt(from + 1);
  const first = sign === PLUS || sign === MINUS ? from + 2 : from + 1;
  const end = skipDigits(text, first);
  return end === first ? from : end;
}
