import { GenblazeError } from "../errors/genblaze-error.js";
import { isJsonFloat } from "../json/json-float.js";
import { describeValue } from "../options/describe-value.js";
import type { ReadContext } from "./wire-type.js";

/** A `MANIFEST_INVALID` error that names the field where reading is; never quotes a text. */
export function fieldProblem(context: ReadContext, expected: string, value: unknown): GenblazeError {
  const field = fieldPath(context.path);
  return new GenblazeError(
    "MANIFEST_INVALID",
    `The manifest field ${field} is wrong: expected ${expected}, got ${describe(value)}. Correct the field.`,
    { details: { field, expected } },
  );
}

/** A path like `run.steps[0].model`. */
function fieldPath(path: readonly (string | number)[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}

function describe(value: unknown): string {
  if (typeof value === "string") return `a text of ${value.length} characters`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return isJsonFloat(value) ? `the float ${value.value}` : describeValue(value);
}
