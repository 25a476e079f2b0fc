import type { StepDefinition } from "./definition.js";
import { isReference, type Reference } from "./reference.js";

/** One `from(...)` of a step and the option that it stands in. */
export interface StepReference {
  readonly option: string;
  readonly reference: Reference;
}

/** The references that a step's request is made of: its prompt and its parameters. */
export function requestReferences(step: StepDefinition): readonly StepReference[] {
  const params = Object.entries(step.params).map(([name, value]): [string, unknown] => [`params.${name}`, value]);
  return onlyReferences([["prompt", step.prompt], ...params]);
}

/** All references of a step, those that it chooses its inputs by included. */
function allReferences(step: StepDefinition): readonly StepReference[] {
  const inputs = (step.inputs ?? []).map(({ source }): [string, unknown] => ["inputs", source]);
  const input: [string, unknown][] = step.kind === "node" ? [["input", step.input]] : [];
  return [...requestReferences(step), ...onlyReferences([["when", step.when], ...inputs, ...input])];
}

/** The names that a step reads from, `input` included. */
export function referencedNames(step: StepDefinition): readonly string[] {
  return [...new Set(allReferences(step).flatMap(({ reference }) => reference.sources))];
}

function onlyReferences(options: readonly (readonly [string, unknown])[]): readonly StepReference[] {
  return options.flatMap(([option, value]) => (isReference(value) ? [{ option, reference: value }] : []));
}
