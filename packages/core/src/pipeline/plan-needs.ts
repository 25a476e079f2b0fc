import { GenblazeError } from "../errors/genblaze-error.js";
import { countOf } from "../internal/count-of.js";
import type { PipelineDefinition, StepDefinition } from "./definition.js";

/** When a step may start. All that it waits for have ended by then. */
export interface StepNeeds {
  /** Indexes of the steps that it waits for. */
  readonly waitsFor: readonly number[];
  /** Those of them that must have succeeded. */
  readonly required: ReadonlySet<number>;
  /** Those that need not, each by itself, */
  readonly tolerant: readonly number[];
  /** but so many of them must. */
  readonly atLeast: number;
}

/** What a step needs of the steps whose assets it takes (`inputs`) and of those that it reads from or comes after. */
export function needsOf(
  { steps }: PipelineDefinition,
  step: StepDefinition,
  inputs: readonly number[],
  others: readonly number[],
): StepNeeds {
  const feeding = [...new Set(inputs)];
  const waitsFor = [...new Set([...feeding, ...others])];
  const { join } = step;
  if (join === "all") {
    const tolerant = feeding.filter((index) => steps[index]?.optional === true && !others.includes(index));
    const required = new Set(waitsFor.filter((index) => !tolerant.includes(index)));
    const isFed = feeding.length === 0 || feeding.some((index) => required.has(index));
    return { waitsFor, required, tolerant, atLeast: isFed ? 0 : 1 };
  }
  const atLeast = join === "any" ? 1 : join.atLeast;
  if (feeding.length < atLeast) {
    const message = `Step "${step.key}": option "join" asks for ${atLeast} inputs, but it takes the assets of ${countOf(feeding.length, "step")}. Ask for fewer, or name more steps in "inputs".`;
    throw new GenblazeError("INVALID_OPTION", message, { details: { step: step.key } });
  }
  const required = new Set(others);
  const tolerant = feeding.filter((index) => !required.has(index));
  return { waitsFor, required, tolerant, atLeast: Math.max(0, atLeast - (feeding.length - tolerant.length)) };
}
