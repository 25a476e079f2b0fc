import { z } from "zod";
import type { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { SchemaIssue, SchemaLike, SchemaVerdict } from "./scope.js";

/** The JSON Schema of a zod schema, for providers that can ask their model for it; undefined for other libraries. */
export function toJsonSchema(schema: SchemaLike): JsonObject | undefined {
  if (!isZodSchema(schema)) return undefined;
  // `toJSONSchema` gives plain JSON; its own type also allows extensions that are not used here.
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as unknown as JsonObject;
}

// The schema may come from another copy of zod, so what it says of itself counts and not its class.
function isZodSchema(schema: SchemaLike): schema is SchemaLike & z.core.$ZodType {
  return "_zod" in schema;
}

/** The schema's view of a value, or an error that names the first place that does not fit. */
export async function validate(
  schema: SchemaLike,
  value: JsonValue | undefined,
  fail: (problem: string) => GenblazeError,
): Promise<unknown> {
  const verdict = await judge(schema, value);
  if (verdict.issues === undefined) return verdict.value;
  throw fail(verdict.issues.slice(0, 3).map(describeIssue).join("; "));
}

/** A schema's own functions may throw; that is a verdict too. */
async function judge(schema: SchemaLike, value: JsonValue | undefined): Promise<SchemaVerdict> {
  try {
    return await schema["~standard"].validate(value);
  } catch (error) {
    return { issues: [{ message: `the schema threw: ${error instanceof Error ? error.message : "no Error"}` }] };
  }
}

function describeIssue(issue: SchemaIssue): string {
  const path = (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".");
  return path === "" ? issue.message : `"${path}": ${issue.message}`;
}
