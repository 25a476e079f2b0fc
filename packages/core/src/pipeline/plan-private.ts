import { GenblazeError } from "../errors/genblaze-error.js";
import { isTarget } from "../node/assert-node.js";
import type { PipelineDefinition, StepDefinition } from "./definition.js";
import { isReference } from "./reference.js";
import { requestReferences } from "./step-references.js";

/**
 * A text that answers a private prompt may repeat it, and the prompt of a public step stands in the manifest. So a
 * public step reads nothing that a private one, or one inside a node, has written.
 */
export function assertReadsNothingPrivate(
  { steps }: PipelineDefinition,
  indexes: ReadonlyMap<string, number>,
  step: StepDefinition,
): void {
  if (!hasPublicPart(step)) return;
  const source = wordSources(step).find((name) => {
    const read = steps[indexes.get(name) ?? -1];
    return read !== undefined && hasPrivatePart(read);
  });
  if (source === undefined) return;
  throw new GenblazeError(
    "INVALID_OPTION",
    `Step "${step.key}" is public and reads the text of "${source}", which is not. Give it promptVisibility: "private" or "encrypted" too.`,
    { details: { step: step.key, name: source } },
  );
}

/** The names whose words can come to stand in a step's prompts, or in those of the steps inside it. */
function wordSources(step: StepDefinition): readonly string[] {
  const input = step.kind === "node" && isReference(step.input) ? step.input.sources : [];
  return [...requestReferences(step).flatMap(({ reference }) => reference.sources), ...input];
}

function hasPrivatePart(step: StepDefinition): boolean {
  return step.promptVisibility !== "public" || innerSteps(step).some(hasPrivatePart);
}

function hasPublicPart(step: StepDefinition): boolean {
  if (step.kind === "provider") return step.promptVisibility === "public";
  const hasTarget = Object.values(step.node.bodies).some(isTarget);
  return (hasTarget && step.promptVisibility === "public") || innerSteps(step).some(hasPublicPart);
}

function innerSteps(step: StepDefinition): readonly StepDefinition[] {
  if (step.kind === "provider") return [];
  return Object.values(step.node.bodies).flatMap((body) => (isTarget(body) ? [] : body.definition.steps));
}
