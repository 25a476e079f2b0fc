import type { JsonCursor } from "./json-cursor.js";
import { JsonFloat } from "./json-float.js";
import { jsonProblem } from "./json-problem.js";

/** The most digits of an integer; Python's own limit, which keeps the conversion cheap. */
export const MAX_INTEGER_DIGITS = 4300;

// A fraction or an exponent without digits is none of the number.
const NUMBER = /-?(?:(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|Infinity)/y;

/** Reads the number that the cursor stands on; a whole-numbered float comes back as a `JsonFloat`. */
export function readNumber(cursor: JsonCursor): number | bigint | JsonFloat {
  const { text, index: start } = cursor;
  NUMBER.lastIndex = start;
  const match = NUMBER.exec(text);
  if (match === null) throw jsonProblem(start, "a value");
  const [token, digits, fraction, exponent] = match;
  cursor.index += token.length;
  if (digits === undefined) return Number.NEGATIVE_INFINITY;
  if (fraction !== undefined || exponent !== undefined) return toFloat(Number(token));
  if (digits.length > MAX_INTEGER_DIGITS)
    throw jsonProblem(start, `at most ${MAX_INTEGER_DIGITS} digits in an integer`);
  return toInteger(token);
}

/** A float of a JSON text in the form of `JsonInput`. */
function toFloat(value: number): number | JsonFloat {
  return Number.isInteger(value) ? new JsonFloat(value) : value;
}

function toInteger(token: string): number | bigint {
  const value = Number(token);
  // "-0" is the integer 0; adding 0 drops the sign.
  return Number.isSafeInteger(value) ? value + 0 : BigInt(token);
}
