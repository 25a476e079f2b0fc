import type { JsonFloat } from "./json-float.js";

/**
 * JSON with its number kinds told apart. A safe whole `number` and a `bigint` are integers; every other `number`, and
 * every {@link JsonFloat}, is a float. A plain `-0` is the integer 0. `NaN` and infinities are written as `null`.
 */
export type JsonInput = null | boolean | number | bigint | string | JsonFloat | readonly JsonInput[] | JsonInputObject;

/** An object of {@link JsonInput} values; every {@link JsonObject} is one. */
export interface JsonInputObject {
  readonly [key: string]: JsonInput;
}
