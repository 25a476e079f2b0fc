import type { JsonValue } from "../json/json-value.js";

/** What stands for a private value wherever people or programs read. */
export const PRIVATE = "[private]";

const SHOWN_CHARACTERS = 100;

/** Control characters and those that turn the direction of a line: texts of manifests must not steer a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are taken out
const STEERING = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A text for one line of a terminal: shortened, with everything that could steer it escaped. */
export function showText(text: string, limit = SHOWN_CHARACTERS): string {
  // A character may be two units; no more than twice the limit is ever looked at.
  const characters = [...text.slice(0, 2 * limit + 2)];
  const kept = characters.length > limit ? `${characters.slice(0, limit).join("")}...` : text;
  return kept.replace(STEERING, escaped);
}

/** A JSON value for one line; `nothing` where there is none. */
export function showValue(value: JsonValue | undefined): string {
  return value === undefined ? "nothing" : showText(JSON.stringify(value));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
