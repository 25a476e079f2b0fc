import type { JsonObject, JsonValue } from "@genblaze/core";

/** Whether JSON is an object, and no list. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
