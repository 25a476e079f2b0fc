import type { JsonValue } from "@genblaze/core";
import { usageError } from "./output.js";

/** The JSON of an option; undefined where it was not given. */
export function parseJson(option: string, text: string | boolean | undefined): JsonValue | undefined {
  if (typeof text !== "string") return undefined;
  try {
    // JSON.parse gives nothing but JSON values.
    return JSON.parse(text) as JsonValue;
  } catch {
    throw usageError(`--${option} must be JSON, like '{"name":"value"}'.`);
  }
}
