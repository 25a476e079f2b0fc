import { isReference, type Reference } from "../pipeline/reference.js";
import type { WorkflowReference } from "./workflow.js";
import { workflowProblem } from "./workflow-problem.js";

type AnyFunction = (...values: never[]) => unknown;

/** The names that a workflow uses for what is no data; one name stands for one thing. */
export interface NameRegister {
  /** The name of an option's function, or the reference with its function's name. */
  ofFunction(given: AnyFunction | Reference, step: string, option: string): string | WorkflowReference;
  ofReference(given: Reference, step: string, option: string): WorkflowReference;
  /** The name of something that has one of its own, like a guard. */
  ofNamed(given: { readonly name: string }, step: string, option: string): string;
}

/** A register without names. */
export function createNameRegister(): NameRegister {
  const functions = new Map<string, unknown>();
  const others = new Map<string, unknown>();

  function ofReference({ sources, label, compute }: Reference, step: string, option: string): WorkflowReference {
    const [first = "input"] = sources;
    const example = `from("${first}", function byName(${first}) { ... })`;
    return { from: sources, function: register(functions, { name: label, example }, compute, step, option) };
  }
  return {
    ofReference,
    ofFunction: (given, step, option) =>
      isReference(given)
        ? ofReference(given, step, option)
        : register(functions, { name: ownName(given, step, option), example: exampleOf(option) }, given, step, option),
    ofNamed: (given, step, option) => register(others, { name: given.name, example: "" }, given, step, option),
  };
}

/** JavaScript names a function written as an option's value after the option: one name for all of them tells nothing. */
function ownName({ name }: AnyFunction, step: string, option: string): string {
  // This one is no value of an object, so nothing has named it.
  if (name !== option || option === "choose") return name;
  const message = `Step "${step}": option "${option}" has a function that is named "${option}" as any function written there is, and a workflow tells functions by name. Give it a name of its own: ${exampleOf(option)}.`;
  throw workflowProblem(message, { step, option });
}

/** How a function of a node is written with a name. */
function exampleOf(option: string): string {
  return option === "choose"
    ? "route(arms, function byLength(request) { ... })"
    : `{ ${option}: function byName(given) { ... } }`;
}

function register(
  names: Map<string, unknown>,
  { name, example }: { readonly name: string; readonly example: string },
  thing: unknown,
  step: string,
  option: string,
): string {
  const where = `Step "${step}": option "${option}"`;
  const details = { step, option };
  if (name === "") {
    const message = `${where} has a function without a name, and a workflow keeps functions by name. Give the function a name: ${example}.`;
    throw workflowProblem(message, details);
  }
  if (names.has(name) && names.get(name) !== thing) {
    const message = `${where} has something named "${name}", and so has another place, but they are not the same. A workflow keeps functions and guards by name: give each a name of its own, or use one for both.`;
    throw workflowProblem(message, details);
  }
  names.set(name, thing);
  return name;
}
