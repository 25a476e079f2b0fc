import type { Modality } from "../manifest/model.js";
import type { PipelineDefinition, StepDefinition } from "../pipeline/definition.js";

/** What a pipeline yields as a part of another: what the step does that it names for it, or its last one. */
export function yieldsOf(definition: PipelineDefinition): Modality {
  return yieldingStep(definition)?.provider.yields ?? "text";
}

/** The step whose output is that of its pipeline; `plan` refuses a name that no step has. */
export function yieldingStep({ steps, yields }: PipelineDefinition): StepDefinition | undefined {
  return yields === undefined ? steps.at(-1) : steps.find(({ key }) => key === yields);
}
