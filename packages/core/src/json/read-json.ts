import type { JsonCursor } from "./json-cursor.js";
import type { JsonInput, JsonInputObject } from "./json-input.js";
import { jsonProblem } from "./json-problem.js";
import { readNumber } from "./read-json-number.js";
import { readString } from "./read-json-string.js";
import { setEntry } from "./set-entry.js";

/** How deep arrays and objects may nest. The canonical form ends at 100; the rest is room for dropped fields. */
export const MAX_JSON_DEPTH = 1000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const WORDS: ReadonlyMap<number, readonly [string, JsonInput]> = new Map([
  [0x74, ["true", true]],
  [0x66, ["false", false]],
  [0x6e, ["null", null]],
  [0x4e, ["NaN", Number.NaN]],
  [0x49, ["Infinity", Number.POSITIVE_INFINITY]],
]);

/**
 * Reads JSON without losing what a hash depends on: 5 and 5.0 stay apart, integers keep all digits. Accepts what
 * Python's `json.loads` accepts: `NaN`, `Infinity`, lone surrogate escapes, and the last of duplicate keys.
 *
 * @throws GenblazeError `INVALID_JSON`, also beyond {@link MAX_JSON_DEPTH} and for integers of over 4300 digits
 */
export function readJson(text: string): JsonInput {
  const cursor: JsonCursor = { text, index: 0 };
  const value = readValue(cursor, 0);
  skipBlanks(cursor);
  if (cursor.index < text.length) throw jsonProblem(cursor.index, "nothing more");
  return value;
}

function readValue(cursor: JsonCursor, depth: number): JsonInput {
  const code = skipBlanks(cursor);
  if (code === QUOTE) return readString(cursor);
  if (code === OPEN_OBJECT) return readObject(cursor, depth + 1);
  if (code === OPEN_ARRAY) return readArray(cursor, depth + 1);
  const word = WORDS.get(code);
  if (word === undefined) return readNumber(cursor);
  const [spelling, value] = word;
  if (!cursor.text.startsWith(spelling, cursor.index)) throw jsonProblem(cursor.index, spelling);
  cursor.index += spelling.length;
  return value;
}

function readObject(cursor: JsonCursor, depth: number): JsonInputObject {
  const object: Record<string, JsonInput> = {};
  readEntries(cursor, depth, CLOSE_OBJECT, () => {
    if (skipBlanks(cursor) !== QUOTE) throw jsonProblem(cursor.index, "a key in double quotes");
    const key = readString(cursor);
    if (skipBlanks(cursor) !== COLON) throw jsonProblem(cursor.index, "a colon");
    cursor.index += 1;
    setEntry(object, key, readValue(cursor, depth));
  });
  return object;
}

function readArray(cursor: JsonCursor, depth: number): readonly JsonInput[] {
  const array: JsonInput[] = [];
  readEntries(cursor, depth, CLOSE_ARRAY, () => array.push(readValue(cursor, depth)));
  return array;
}

/** Reads from the opening bracket that the cursor stands on to behind the closing one. */
function readEntries(cursor: JsonCursor, depth: number, close: number, readEntry: () => void): void {
  if (depth > MAX_JSON_DEPTH) throw jsonProblem(cursor.index, `at most ${MAX_JSON_DEPTH} nested arrays and objects`);
  cursor.index += 1;
  let code = skipBlanks(cursor);
  while (code !== close) {
    readEntry();
    code = skipBlanks(cursor);
    if (code === COMMA) cursor.index += 1;
    else if (code !== close) throw jsonProblem(cursor.index, `a comma or ${String.fromCharCode(close)}`);
  }
  cursor.index += 1;
}

/** Moves to the next character that is no blank and gives its code, `NaN` at the end. */
function skipBlanks(cursor: JsonCursor): number {
  let code = cursor.text.charCodeAt(cursor.index);
  while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
    cursor.index += 1;
    code = cursor.text.charCodeAt(cursor.index);
  }
  return code;
}
