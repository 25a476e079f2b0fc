/** What JSON can say, as plain JavaScript values. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object of plain JavaScript values. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
