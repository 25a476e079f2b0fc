import { GenblazeError } from "../errors/genblaze-error.js";
import type { NodeStep } from "./definition.js";
import { isHandingOn } from "./kinds-of.js";
import type { Plan } from "./plan.js";
import type { PlannedBody } from "./plan-bodies.js";

/**
 * A step that brings no assets, of a pipeline whose steps take some by name, can only fail: INPUT_INVALID before
 * anything beside it is paid for.
 */
export function assertGivesAssets(step: NodeStep, inputs: number, bodies: ReadonlyMap<string, PlannedBody>): void {
  if (inputs > 0 || !isHandingOn(step.node)) return;
  if (step.node.kind === "map" && step.input === undefined) {
    const message = `Step "${step.key}": a map needs items: a list as its option "input", or assets as its "inputs". Give it one of them.`;
    throw new GenblazeError("INPUT_INVALID", message, { details: { step: step.key } });
  }
  for (const body of bodies.values()) {
    const taker = body.kind === "pipeline" ? takerOf(body.plan) : undefined;
    if (taker === undefined || body.kind !== "pipeline") continue;
    const { name, accepts } = body.plan.definition;
    const message = `Step "${step.key}": step "${taker}" of pipeline "${name}" takes the ${accepts.join(" or ")} that the pipeline is given, but "${step.key}" brings none. Give it inputs: ["..."].`;
    throw new GenblazeError("INPUT_INVALID", message, { details: { step: step.key, pipeline: name } });
  }
}

/** The first step that cannot do without what its pipeline is given. */
export function takerOf({ steps }: Plan): string | undefined {
  return steps.find(
    ({ step, inputs }) =>
      !step.optional && inputs.some(({ kind, chosenBy }) => kind === "given" && chosenBy === "name"),
  )?.step.key;
}
