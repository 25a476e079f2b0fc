import type { PipelineDefinition } from "./definition.js";

/** Whether something is the checked definition of a pipeline. */
export function isDefinition(value: unknown): value is PipelineDefinition {
  return typeof value === "object" && value !== null && Array.isArray(Reflect.get(value, "steps"));
}
