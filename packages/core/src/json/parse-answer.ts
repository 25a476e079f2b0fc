import type { JsonValue } from "./json-value.js";

/** The whole of an answer between a first and a last line of backquotes. */
const FENCED = /^```(?:json)?[ \t]*\r?\n([\s\S]*)```$/i;

/** The JSON of a chat model's answer, which may stand in one Markdown fence and nothing beside it; SyntaxError for all else. */
export function parseAnswer(text: string): JsonValue {
  const [, inside = text] = FENCED.exec(text.trim()) ?? [];
  // JSON.parse gives nothing but JSON values.
  return JSON.parse(inside) as JsonValue;
}
