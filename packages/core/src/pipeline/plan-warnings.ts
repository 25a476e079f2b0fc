import { isTarget } from "../node/assert-node.js";
import type { StepWarning } from "../provider/provider.js";
import type { NodeStep, PipelineDefinition } from "./definition.js";

/** What the pipelines of a node say of runs, though a run is never theirs. */
export function warningsOfBodies({ node }: NodeStep): readonly StepWarning[] {
  return Object.values(node.bodies).flatMap((body) => (isTarget(body) ? [] : warningsOfPipeline(body.definition)));
}

function warningsOfPipeline({ name, metadata, tenantId, projectId }: PipelineDefinition): readonly StepWarning[] {
  const said = {
    metadata: Object.keys(metadata).length > 0,
    tenantId: tenantId !== undefined,
    projectId: projectId !== undefined,
  };
  const message = `Pipeline "${name}" has this option, but only runs of its own get it. Give it to the pipeline around.`;
  return Object.entries(said).flatMap(([option, isSaid]) => (isSaid ? [{ option, message }] : []));
}
