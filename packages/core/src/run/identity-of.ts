import type { StepDefinition } from "../pipeline/definition.js";
import type { PlannedIdentity } from "./transitions.js";

/** A step as the journal names it when it becomes known. */
export function identityOf({ provider, model }: StepDefinition, step: string, stepId: string): PlannedIdentity {
  return { step, stepId, provider: provider.name, model };
}
