import { GenblazeError } from "../errors/genblaze-error.js";
import { describeValue } from "../options/describe-value.js";
import { canonicalJson } from "./canonical-json.js";
import { hashText } from "./hash-text.js";
import { readJson } from "./read-json.js";

/**
 * The canonical form of a JSON text: equal values give equal texts, here and in the Python library.
 *
 * @throws GenblazeError `INVALID_JSON`, `INVALID_OPTION` for anything but a text
 * @example
 * canonicalizeJson('{"b": 5.0, "a": 1}'); // '{"a":1,"b":5.0}'
 */
export function canonicalizeJson(text: string): string {
  if (typeof text !== "string") {
    throw new GenblazeError(
      "INVALID_OPTION",
      `A JSON text is expected; ${describeValue(text)} was given. Use JSON.stringify first.`,
    );
  }
  return canonicalJson(readJson(text));
}

/**
 * The lower-case hex SHA-256 of a JSON text's canonical form.
 *
 * @throws GenblazeError `INVALID_JSON`, `HASH_IMPOSSIBLE`
 */
export function hashJson(text: string): string {
  return hashText(canonicalizeJson(text));
}
