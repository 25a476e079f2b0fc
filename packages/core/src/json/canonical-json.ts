import { GenblazeError } from "../errors/genblaze-error.js";
import { canonicalKey, canonicalString } from "./canonical-string.js";
import { sortByCodePoint } from "./compare-code-points.js";
import { isJsonFloat } from "./json-float.js";
import type { JsonInput, JsonInputObject } from "./json-input.js";
import { formatPythonFloat } from "./python-float.js";

/** The depth of the deepest value of the canonical form; the root is at 0. */
export const MAX_CANONICAL_DEPTH = 100;

/**
 * The canonical text of a value: sorted keys, NFC texts, floats to 10 places, no blanks. The same value gives the same
 * text in the Python library.
 *
 * @throws GenblazeError `INVALID_JSON` beyond {@link MAX_CANONICAL_DEPTH} and for what is no JSON
 */
export function canonicalJson(value: JsonInput, depth = 0): string {
  checkDepth(depth);
  switch (typeof value) {
    case "string":
      return canonicalString(value);
    case "number":
      return canonicalNumber(value);
    case "boolean":
    case "bigint":
      return String(value);
    case "object":
      return canonicalObject(value, depth);
    default:
      throw new GenblazeError("INVALID_JSON", `Expected a JSON value, got ${typeof value}. Leave the entry out.`);
  }
}

function canonicalObject(value: null | JsonInputObject | readonly JsonInput[] | object, depth: number): string {
  if (value === null) return "null";
  if (isArray(value)) return canonicalArray(value, depth);
  if (isJsonFloat(value)) return formatPythonFloat(value.value);
  // Neither null, array nor float: what is left of JsonInput is an object.
  const object = value as JsonInputObject;
  const keys = Object.keys(object);
  if (keys.length > 1) sortByCodePoint(keys);
  let text = "{";
  for (const key of keys) {
    if (text.length > 1) text += ",";
    // The key comes from the object itself, so that the entry exists.
    text += `${canonicalKey(key)}:${canonicalJson(object[key] as JsonInput, depth + 1)}`;
  }
  return `${text}}`;
}

function canonicalArray(array: readonly JsonInput[], depth: number): string {
  let text = "[";
  for (const entry of array) {
    if (text.length > 1) text += ",";
    text += canonicalJson(entry, depth + 1);
  }
  return `${text}]`;
}

function canonicalNumber(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : formatPythonFloat(value);
}

// Array.isArray does not narrow readonly arrays.
function isArray(value: object): value is readonly JsonInput[] {
  return Array.isArray(value);
}

function checkDepth(depth: number): void {
  if (depth > MAX_CANONICAL_DEPTH) {
    throw new GenblazeError(
      "INVALID_JSON",
      `Expected at most ${MAX_CANONICAL_DEPTH} levels of arrays and objects, got more. Flatten the value.`,
      { details: { maxDepth: MAX_CANONICAL_DEPTH } },
    );
  }
}
