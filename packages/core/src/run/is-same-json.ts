import { isDeepStrictEqual } from "node:util";

/** Whether two values are the same JSON text but for the order of their fields: -0 is 0 there, and undefined nothing. */
export function isSameJson(left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(asJson(left), asJson(right));
}

function asJson(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text === undefined ? undefined : JSON.parse(text);
}
