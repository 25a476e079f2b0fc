import type { JsonValue } from "../json/json-value.js";
import type { PipelineDefinition, StepDefinition } from "../pipeline/definition.js";
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
  return new Set(steps.filter(isPrivate).flatMap(privateReferences));
}

/** The sources of a private step's prompts and private parameters. */
function privateReferences({ prompt, params, privateParams }: StepDefinition): readonly string[] {
  const named = ["negativePrompt", ...privateParams].map((name) => params[name]);
  return [prompt, ...named].filter(isReference).map(({ source }) => source);
}

/** The private steps whose prompts or private parameters are made of a source. */
export function readersOf({ steps }: PipelineDefinition, source: string): readonly StepDefinition[] {
  return steps.filter((step) => isPrivate(step) && privateReferences(step).includes(source));
}
