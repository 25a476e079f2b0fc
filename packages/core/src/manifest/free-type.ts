import { canonicalJson, MAX_CANONICAL_DEPTH } from "../json/canonical-json.js";
import { isJsonFloat } from "../json/json-float.js";
import type { JsonInput, JsonInputObject } from "../json/json-input.js";
import { setEntry } from "../json/set-entry.js";
import { fieldProblem } from "./manifest-problem.js";
import type { ReadContext, WireType } from "./wire-type.js";

/** An object of any JSON; whole-numbered floats in it stay floats. */
export const freeType: WireType<JsonInputObject> = {
  expected: "an object",
  read: (value, context) => {
    if (!isObject(value)) return undefined;
    // Parsed JSON is JsonInput already, and nobody else holds it.
    return context.source === "wire" ? (value as JsonInputObject) : copyObject(value, context, 0);
  },
  write: (value, depth) => canonicalJson(value, depth),
};

/** True for a plain object, as opposed to null, an array, a JSON float and an instance of a class. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function copyObject(object: Readonly<Record<string, unknown>>, context: ReadContext, depth: number): JsonInputObject {
  const copy: Record<string, JsonInput> = {};
  for (const key of Object.keys(object)) {
    const value = object[key];
    // As JSON.stringify: an entry that is undefined is no entry.
    if (value === undefined) continue;
    context.path.push(key);
    setEntry(copy, key, copyValue(value, context, depth + 1));
    context.path.pop();
  }
  return copy;
}

function copyValue(value: unknown, context: ReadContext, depth: number): JsonInput {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
    case "bigint":
      return value;
    case "object":
      if (value === null || isJsonFloat(value)) return value;
      if (depth > MAX_CANONICAL_DEPTH) {
        throw fieldProblem(context, `at most ${MAX_CANONICAL_DEPTH} levels of arrays and objects`, value);
      }
      if (Array.isArray(value)) return value.map((entry: unknown, index) => copyEntry(entry, index, context, depth));
      if (isObject(value)) return copyObject(value, context, depth);
      break;
    default:
  }
  throw fieldProblem(context, "a JSON value", value);
}

function copyEntry(entry: unknown, index: number, context: ReadContext, depth: number): JsonInput {
  context.path.push(index);
  const copy = copyValue(entry, context, depth + 1);
  context.path.pop();
  return copy;
}
