import type { Modality } from "../manifest/model.js";
import type { PipelineDefinition } from "../pipeline/definition.js";

/** What a pipeline yields: what its last step does. */
export function yieldsOf({ steps }: PipelineDefinition): Modality {
  return steps.at(-1)?.provider.yields ?? "text";
}
