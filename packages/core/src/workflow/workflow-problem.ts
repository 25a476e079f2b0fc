import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";

/** The error of something that cannot be in a workflow, or of a document that is none. */
export function workflowProblem(message: string, details: Readonly<Record<string, JsonValue>> = {}): GenblazeError {
  return new GenblazeError("INVALID_OPTION", message, { details });
}
