import type { JsonObject } from "../json/json-value.js";
import type { AnyProvider } from "../pipeline/step-options.js";
import type { WorkflowProvider } from "./workflow.js";

/** A provider's name and the facts of it that matter. */
export function providerToData({ name, yields, accepts }: AnyProvider): WorkflowProvider {
  return { name, yields, accepts: [...new Set(accepts)].sort() };
}

/** The object, or nothing in the place of an empty one. */
export function unlessBare(object: JsonObject | undefined): JsonObject | undefined {
  return object === undefined || Object.keys(object).length === 0 ? undefined : object;
}
