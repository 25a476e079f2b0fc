const marker: unique symbol = Symbol.for("genblaze.json-float");

/**
 * A number that is a float in JSON even when it is whole: `float(7)` is written `7.0`, a plain `7` is written `7`.
 * `JSON.stringify` and arithmetic see the plain number.
 */
export class JsonFloat {
  readonly [marker] = true;
  readonly value: number;

  /** Use {@link float}. */
  constructor(value: number) {
    this.value = value;
  }

  /** The plain number, so that a request body holds a number. */
  toJSON(): number {
    return this.value;
  }

  /** The plain number, so that arithmetic works. */
  valueOf(): number {
    return this.value;
  }
}

/**
 * Says that a number is a float, as Python's `7.0` is. Needed only to give the hash that a Python writer would have
 * given with a whole-numbered float inside `params` or `metadata`.
 *
 * @example
 * const params = { guidance: float(7) };
 */
export function float(value: number): JsonFloat {
  return new JsonFloat(value);
}

/** True also for a float made by a second installed copy of the SDK. */
export function isJsonFloat(value: unknown): value is JsonFloat {
  return typeof value === "object" && value !== null && marker in value;
}
