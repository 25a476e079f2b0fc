import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import type { PipelineDefinition, StepDefinition } from "./definition.js";

/** More names than this nobody reads. */
const LONGEST_LIST = 20;

/** UNKNOWN_STEP for a name that stands in `from(...)` or in `after`. */
export function unknownSource(
  definition: PipelineDefinition,
  step: StepDefinition,
  name: string,
  doing: "reads from" | "comes after",
): GenblazeError {
  const base = /^(.+?)(?:\[-?\d+\]|\.(?:image|video|audio|text))+$/.exec(name)?.[1];
  const isSelector = base !== undefined && definition.steps.some(({ key }) => key === base);
  const problem = isSelector
    ? `, but from(...) and after take names alone. Say "${base}"; its function is given all of it.`
    : whyUnknown(definition, step, name);
  return unknown(step, name, `${doing} "${name}"${problem}`);
}

/** UNKNOWN_STEP for a name or a selector that stands in `inputs`. */
export function unknownInput(definition: PipelineDefinition, step: StepDefinition, name: string): GenblazeError {
  const names = definition.steps.map(({ key }) => key);
  const counted = names.find((each) => name.startsWith(`${each}[`));
  if (counted !== undefined && nodeAround(definition, name) === undefined) {
    return unknown(step, name, `takes "${name}", ${whyNoPlace(counted, name.slice(counted.length))}`);
  }
  const base = names.find((each) => name.startsWith(`${each}.`));
  if (base !== undefined && nodeAround(definition, name) === undefined) {
    const part = name.slice(base.length + 1);
    const message = `takes "${name}", but "${part}" is no kind of asset: image, video, audio or text is expected after the dot.`;
    return unknown(step, name, message);
  }
  return unknown(step, name, `takes "${name}"${whyUnknown(definition, step, name)}`);
}

/** What is wrong behind the bracket of a selector, and which forms there are. */
function whyNoPlace(base: string, rest: string): string {
  const kind = /^\[\d+\]\.(image|video|audio|text)$/.exec(rest)?.[1];
  const problem =
    kind === undefined
      ? "but a place is a whole number from 0, and the last one has no place of its own."
      : "but a kind stands before the place.";
  const example = kind === undefined ? `"${base}[0]"` : `"${base}.${kind}[0]"`;
  return `${problem} Say ${example}, or "${base}" for all.`;
}

function unknown({ key }: StepDefinition, name: string, problem: string): GenblazeError {
  return new GenblazeError("UNKNOWN_STEP", `Step "${key}" ${problem}`, { details: { step: key, name } });
}

function whyUnknown(definition: PipelineDefinition, { key: own }: StepDefinition, name: string): string {
  const around = nodeAround(definition, name);
  if (around !== undefined) {
    return `, which is inside "${around}", and steps inside a node have no names outside it. Say "${around}", which gives what the node yields.`;
  }
  const names = definition.steps.flatMap(({ key }) => (key === own ? [] : [key]));
  const has = names.length === 0 ? "" : ` Pipeline "${definition.name}" has: ${listOf(names)}.`;
  return `, which is no step of this pipeline.${didYouMean(name, names)}${has}`;
}

/** The step of a node that a name goes into. */
function nodeAround({ steps }: PipelineDefinition, name: string): string | undefined {
  return steps.find(
    (step) =>
      step.kind === "node" &&
      Object.keys(step.node.bodies).length > 0 &&
      (name.startsWith(`${step.key}.`) || name.startsWith(`${step.key}[`)),
  )?.key;
}

function listOf(names: readonly string[]): string {
  const rest = names.length - LONGEST_LIST;
  return `${names.slice(0, LONGEST_LIST).join(", ")}${rest > 0 ? `, and ${rest} more` : ""}`;
}
