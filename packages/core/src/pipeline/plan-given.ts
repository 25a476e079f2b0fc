import { GenblazeError } from "../errors/genblaze-error.js";
import type { AssetSelector } from "./asset-selector.js";
import type { NodeStep, PipelineDefinition } from "./definition.js";
import { isHandingOn } from "./kinds-of.js";
import type { Plan, PlannedStep } from "./plan.js";
import type { PlannedBody } from "./plan-bodies.js";

/** A step inside that is made for the assets that its pipeline is given. */
interface Taker {
  readonly step: string;
  readonly pipeline: PipelineDefinition;
}

/**
 * A step that brings no assets to a pipeline that is made for some would be paid for something else than meant:
 * INPUT_INVALID before anything beside it is paid for. What may do without is let through.
 */
export function assertGivesAssets(step: NodeStep, inputs: number, bodies: ReadonlyMap<string, PlannedBody>): void {
  if (inputs > 0 || !isHandingOn(step.node)) return;
  if (isMapOfAssets(step)) {
    const message = `Step "${step.key}": a map needs items: a list as its option "input", or assets as its "inputs". Give it one of them.`;
    throw new GenblazeError("INPUT_INVALID", message, { details: { step: step.key } });
  }
  const taker = takerInside(step, bodies);
  if (taker === undefined) return;
  const { name, accepts } = taker.pipeline;
  const message = `Step "${step.key}": step "${taker.step}" of pipeline "${name}" takes the ${accepts.join(" or ")} that the pipeline is given, but "${step.key}" brings none. Give it inputs: ["..."].`;
  throw new GenblazeError("INPUT_INVALID", message, { details: { step: step.key, pipeline: name } });
}

/** The first step that runs whatever happens, and takes nothing but what its pipeline is given. */
export function takerOf(plan: Plan): string | undefined {
  return plan.steps.find((planned) => isMadeOfGiven(planned) && isSureToRun(plan, planned))?.step.key;
}

/** With a second source, the step has something to work on. */
function isMadeOfGiven({ step, inputs, bodies }: PlannedStep): boolean {
  const given = inputs.flatMap((edge) => (edge.kind === "given" && edge.chosenBy === "name" ? [edge] : []));
  // A part that is not there fails its step, whatever else that takes.
  if (given.some(({ selector }) => isPart(selector))) return true;
  if (given.length === 0 || given.length < inputs.length) return false;
  if (step.kind === "provider" || !isHandingOn(step.node) || isMapOfAssets(step)) return true;
  return takerInside(step, bodies) !== undefined;
}

function isPart({ modality, role, index }: AssetSelector): boolean {
  return modality !== undefined || role !== undefined || index !== undefined;
}

/** Neither it nor anything that it waits for may be left out. */
function isSureToRun({ steps }: Plan, { index }: PlannedStep): boolean {
  const indexes = new Set([index]);
  // What is added on the way is looked at too.
  for (const each of indexes) {
    const planned = steps[each];
    if (planned === undefined || planned.step.when !== undefined || planned.step.optional) return false;
    for (const earlier of planned.waitsFor) indexes.add(earlier);
  }
  return true;
}

function isMapOfAssets({ node, input }: NodeStep): boolean {
  return node.kind === "map" && input === undefined;
}

/** Where one body of several may be enough, all of them must have such a step. */
function takerInside(step: NodeStep, bodies: ReadonlyMap<string, PlannedBody>): Taker | undefined {
  if (hasNoItems(step)) return undefined;
  const takers = [...bodies.values()].map((body): Taker | undefined => {
    const taker = body.kind === "pipeline" ? takerOf(body.plan) : undefined;
    return taker === undefined || body.kind !== "pipeline"
      ? undefined
      : { step: taker, pipeline: body.plan.definition };
  });
  return needsEveryBody(step) || !takers.includes(undefined) ? takers.find((taker) => taker !== undefined) : undefined;
}

function hasNoItems({ node, input }: NodeStep): boolean {
  return node.kind === "map" && Array.isArray(input) && input.length === 0;
}

/** A fan-out runs all of its arms, and can do without some where its `join` says so. */
function needsEveryBody({ node }: NodeStep): boolean {
  return node.kind === "fan-out" && (node.options?.join ?? "all") === "all";
}
