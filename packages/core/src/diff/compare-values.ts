import { canonicalJson } from "../json/canonical-json.js";
import type { JsonInput } from "../json/json-input.js";
import { isObject, listOf, objectOf } from "./wire-values.js";

/** A place where two values are not the same; a side that has nothing there is `undefined`. */
export interface ValueDifference {
  readonly path: readonly string[];
  readonly left: JsonInput | undefined;
  readonly right: JsonInput | undefined;
}

/** The innermost places where two JSON values differ: 5 and 5.0 are two values, as in the hash. */
export function compareValues(
  left: JsonInput | undefined,
  right: JsonInput | undefined,
  path: readonly string[] = [],
): readonly ValueDifference[] {
  const keys = keysOf(left, right);
  if (keys === undefined) return isEqual(left, right) ? [] : [{ path, left, right }];
  return keys.flatMap((key) => compareValues(entryOf(left, key), entryOf(right, key), [...path, key]));
}

/** What to compare one by one; undefined for values to compare as a whole. What one side lacks counts as empty. */
function keysOf(left: JsonInput | undefined, right: JsonInput | undefined): readonly string[] | undefined {
  const present = [left, right].filter((value) => value !== undefined);
  const isAll = (test: (value: JsonInput) => boolean) => present.length > 0 && present.every(test);
  const keys = isAll(isObject)
    ? [...Object.keys(objectOf(left)), ...Object.keys(objectOf(right))]
    : isAll(Array.isArray)
      ? [...listOf(left).keys(), ...listOf(right).keys()].map(String)
      : undefined;
  if (keys === undefined) return undefined;
  const isLost = keys.length === 0 && present.length < 2;
  return isLost ? undefined : [...new Set(keys)];
}

function entryOf(value: JsonInput | undefined, key: string): JsonInput | undefined {
  if (Array.isArray(value)) return value[Number(key)];
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isEqual(left: JsonInput | undefined, right: JsonInput | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return canonicalJson(left) === canonicalJson(right);
}
