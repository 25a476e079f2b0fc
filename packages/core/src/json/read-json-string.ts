import type { JsonCursor } from "./json-cursor.js";
import { jsonProblem } from "./json-problem.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;

/** Reads the string whose opening quote the cursor stands on. */
export function readString(cursor: JsonCursor): string {
  const { text, index: start } = cursor;
  let hasEscapes = false;
  for (let index = start + 1; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      cursor.index = index + 1;
      return hasEscapes ? readEscapes(text.slice(start, index + 1), start) : text.slice(start + 1, index);
    }
    if (code === BACKSLASH) {
      hasEscapes = true;
      index += 1;
    } else if (code < FIRST_PRINTABLE) {
      throw jsonProblem(index, "no raw control character inside a string");
    }
  }
  throw jsonProblem(text.length, "a closing quote");
}

function readEscapes(token: string, start: number): string {
  try {
    // What begins and ends with a quote is a string or no JSON.
    return JSON.parse(token) as string;
  } catch {
    throw jsonProblem(start, "a string with the escapes of JSON");
  }
}
