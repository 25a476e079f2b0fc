import type { JsonValue } from "../json/json-value.js";
import { isTarget } from "../node/assert-node.js";
import type { NodeStep, PipelineDefinition, StepDefinition } from "../pipeline/definition.js";
import { isReference } from "../pipeline/reference.js";

/** Whether a step's words are kept out of the records. */
export function isPrivate({ promptVisibility }: StepDefinition): boolean {
  return promptVisibility !== "public";
}

/** Whether they stand there encrypted. */
export function isEncrypted({ promptVisibility }: StepDefinition): boolean {
  return promptVisibility === "encrypted";
}

/** What a step's definition says already; what is computed comes with its request. */
export function staticValues({ prompt, params, providerOptions, privateParams }: StepDefinition): JsonValue[] {
  const all: Readonly<Record<string, unknown>> = { ...params, providerOptions };
  const named = ["negativePrompt", ...privateParams].map((name) => all[name]);
  // Parameters that are no references are JSON; the definition was checked.
  return [prompt, ...named].filter((value) => value !== undefined && !isReference(value)) as JsonValue[];
}

/** What private values are computed from: to show it would show them. */
export function privateSources({ steps }: PipelineDefinition): ReadonlySet<string> {
  return new Set(steps.flatMap(privateReferences));
}

/** The sources of a private step's prompts and private parameters, and of the input of a node with such steps inside. */
function privateReferences(step: StepDefinition): readonly string[] {
  const { prompt, params, privateParams } = step;
  const named = isPrivate(step) ? [prompt, ...["negativePrompt", ...privateParams].map((name) => params[name])] : [];
  const input = step.kind === "node" && readsPrivately(step) ? [step.input] : [];
  return [...named, ...input].filter(isReference).flatMap(({ sources }) => sources);
}

/** Whether private words are made of the input that a node's bodies are given. */
export function readsPrivately({ node }: NodeStep): boolean {
  return Object.values(node.bodies).some((body) => !isTarget(body) && privateSources(body.definition).has("input"));
}

/** The steps whose private words are made of a source. */
export function readersOf({ steps }: PipelineDefinition, source: string): readonly StepDefinition[] {
  return steps.filter((step) => privateReferences(step).includes(source));
}

/** Whether a pipeline, or one inside it, has a step whose words are kept out of the records. */
export function hasPrivate({ steps }: PipelineDefinition): boolean {
  return findStep(steps, isPrivate) !== undefined;
}

/** Whether a pipeline, or one inside it, has a step that is encrypted. */
export function hasEncrypted({ steps }: PipelineDefinition): boolean {
  return findEncrypted(steps) !== undefined;
}

/** The first encrypted step. */
export function findEncrypted(steps: readonly StepDefinition[]): StepDefinition | undefined {
  return findStep(steps, isEncrypted);
}

function findStep(
  steps: readonly StepDefinition[],
  isWanted: (step: StepDefinition) => boolean,
): StepDefinition | undefined {
  for (const step of steps) {
    if (isWanted(step)) return step;
    const bodies = step.kind === "node" ? Object.values(step.node.bodies) : [];
    const inner = bodies.flatMap((body) => (isTarget(body) ? [] : body.definition.steps));
    const found = findStep(inner, isWanted);
    if (found !== undefined) return found;
  }
  return undefined;
}
