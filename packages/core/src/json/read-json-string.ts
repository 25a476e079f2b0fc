import type { JsonCursor } from "./json-cursor.js";
import { jsonProblem } from "./json-problem.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const HEX_DIGITS = /^[0-9A-Fa-f]{4}$/;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** Reads the string whose opening quote the cursor stands on. */
export function readString(cursor: JsonCursor): string {
  const { text } = cursor;
  let start = cursor.index + 1;
  let read = "";
  for (let index = start; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      cursor.index = index + 1;
      return read === "" ? text.slice(start, index) : read + text.slice(start, index);
    }
    if (code === BACKSLASH) {
      read += text.slice(start, index) + readEscape(text, index + 1);
      index += text[index + 1] === "u" ? 5 : 1;
      start = index + 1;
    } else if (code < FIRST_PRINTABLE) {
      throw jsonProblem(index, "no raw control character inside a string");
    }
  }
  throw jsonProblem(text.length, "a closing quote");
}

function readEscape(text: string, index: number): string {
  const letter = text[index] ?? "";
  if (letter === "u") {
    const digits = text.slice(index + 1, index + 5);
    if (!HEX_DIGITS.test(digits)) throw jsonProblem(index + 1, "four hexadecimal digits");
    return String.fromCharCode(Number.parseInt(digits, 16));
  }
  const escaped = ESCAPES.get(letter);
  if (escaped === undefined) throw jsonProblem(index, "one of the escapes of JSON");
  return escaped;
}
