import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import type { StepWarning } from "../provider/provider.js";
import type { PipelineDefinition, ProviderStep, StepDefinition } from "./definition.js";
import { type PlannedBody, planBodies } from "./plan-bodies.js";
import { assertGivesAssets } from "./plan-given.js";
import { withGuardWarnings } from "./plan-guards.js";
import { assertTakes, chooseInputs, type InputEdge } from "./plan-inputs.js";
import { needsOf, type StepNeeds } from "./plan-needs.js";
import { assertNoCycle } from "./plan-order.js";
import { assertReadsNothingPrivate } from "./plan-private.js";
import { checkStaticRequest } from "./plan-request.js";
import { warningsOfBodies } from "./plan-warnings.js";
import { referencedNames } from "./step-references.js";
import { targetOfStep } from "./step-target.js";
import { unknownSource } from "./unknown-name.js";

/** One step of a plan: what it waits for and whose assets it takes. */
export interface PlannedStep extends StepNeeds {
  /** Its place in the pipeline; of a target that of its node's step. */
  readonly index: number;
  readonly step: StepDefinition;
  readonly inputs: readonly InputEdge[];
  /** What a node may run, in order; empty for the step of a provider. */
  readonly bodies: ReadonlyMap<string, PlannedBody>;
  /** What is done in another way than said, where that is known before the run. */
  readonly warnings: readonly StepWarning[];
}

/** A pipeline whose names, connections, modalities and models have been checked, ready to run. */
export interface Plan {
  readonly definition: PipelineDefinition;
  readonly steps: readonly PlannedStep[];
}

/**
 * Checks everything that can be checked before anything is spent, the steps inside nodes included. Errors:
 * EMPTY_PIPELINE, UNKNOWN_STEP, WRONG_MODALITY, CYCLE, INVALID_OPTION (unknown model of a provider that has a closed
 * list, a public step that reads the text of a private one), INPUT_INVALID (an inner pipeline's input, or the assets that it takes), and whatever
 * `prepare` of a provider says of a request that is already complete.
 */
export function plan(definition: PipelineDefinition): Plan {
  if (definition.steps.length === 0) {
    throw new GenblazeError(
      "EMPTY_PIPELINE",
      `Pipeline "${definition.name}" has no step. Add one with .step(provider, { model, ... }).`,
    );
  }
  assertNamesApart(definition);
  const indexes = new Map(definition.steps.map((step, index) => [step.key, index]));
  const steps = definition.steps.map((step, index) => planStep(definition, indexes, step, index));
  assertNoCycle(steps);
  return withGuardWarnings(Object.freeze({ definition, steps: Object.freeze(steps) }));
}

/** The steps inside a node are named after it, so that no step beside it may be. */
function assertNamesApart({ steps }: PipelineDefinition): void {
  const nodes = steps.filter((step) => step.kind === "node" && Object.keys(step.node.bodies).length > 0);
  for (const { key } of nodes) {
    const taken = steps.find((step) => step.key.startsWith(`${key}.`) || step.key.startsWith(`${key}[`));
    if (taken === undefined) continue;
    const message = `A step is named "${taken.key}", which is how steps inside "${key}" are named. Give it another name.`;
    throw new GenblazeError("DUPLICATE_STEP", message, { details: { step: taken.key } });
  }
}

const noBodies: ReadonlyMap<string, PlannedBody> = new Map();

function planStep(
  definition: PipelineDefinition,
  indexes: ReadonlyMap<string, number>,
  step: StepDefinition,
  index: number,
): PlannedStep {
  for (const each of targetsOf(step)) assertKnownModel(each);
  assertReadsNothingPrivate(definition, indexes, step);
  const bodies =
    step.kind === "provider"
      ? noBodies
      : planBodies(step, plan, (target) => planStep(definition, indexes, target, index));
  const inputs = chooseInputs(definition, indexes, step, index);
  if (step.kind === "node") assertGivesAssets(step, inputs.length, bodies);
  for (const each of targetsOf(step).slice(1)) assertTakes(definition, indexes, each, inputs);
  const names = referencedNames(step);
  for (const name of names) assertSource(definition, indexes, step, name);
  for (const name of step.after) if (!indexes.has(name)) throw unknownSource(definition, step, name, "comes after");
  const others = [...names, ...step.after]
    .filter((name) => indexes.has(name))
    .map((name) => indexes.get(name) ?? index);
  const feeding = inputs.flatMap((edge) => (edge.kind === "step" ? [edge.from] : []));
  const needs = needsOf(definition, step, feeding, [...others, ...sourcesOfTargets(bodies)]);
  const isStatic = inputs.length === 0 && names.length === 0;
  const warnings = step.kind === "node" ? warningsOfBodies(step) : isStatic ? checkStaticRequests(step) : [];
  return Object.freeze({ index, step, inputs, bodies, warnings, ...needs });
}

/** Fallbacks are checked as the step is; what they do in another way is said when they are asked. */
function checkStaticRequests(step: ProviderStep): readonly StepWarning[] {
  const [own, ...others] = targetsOf(step).map(checkStaticRequest);
  return own ?? others.flat();
}

/** A step as each of those who can do it would do it. */
function targetsOf(step: ProviderStep): readonly ProviderStep[];
function targetsOf(step: StepDefinition): readonly StepDefinition[];
function targetsOf(step: StepDefinition): readonly StepDefinition[] {
  if (step.kind === "node" || step.fallbacks.length === 0) return [step];
  return [step, ...step.fallbacks.map((_, place) => targetOfStep(step, place + 1).step)];
}

/** What targets read of the steps before; their inputs are those of their node's step. */
function sourcesOfTargets(bodies: ReadonlyMap<string, PlannedBody>): readonly number[] {
  return [...bodies.values()].flatMap((body) => (body.kind === "target" ? [...body.planned.required] : []));
}

function assertSource(
  definition: PipelineDefinition,
  indexes: ReadonlyMap<string, number>,
  step: StepDefinition,
  source: string,
): void {
  if (source === "input" && definition.input === undefined) {
    throw new GenblazeError(
      "UNKNOWN_STEP",
      `Step "${step.key}" reads the run's input, but pipeline "${definition.name}" has none. Give it one: new Pipeline(name, { input: schema }).`,
    );
  }
  if (source !== "input" && !indexes.has(source)) throw unknownSource(definition, step, source, "reads from");
}

function assertKnownModel(step: StepDefinition): void {
  if (step.kind === "node") return;
  const models = Object.keys(step.provider.models);
  if (step.provider.knownModelsOnly !== true || models.includes(step.model)) return;
  throw new GenblazeError(
    "INVALID_OPTION",
    `Step "${step.key}": ${step.provider.name} has no model "${step.model}".${didYouMean(step.model, models)} It has: ${models.join(", ")}.`,
    { details: { step: step.key, model: step.model } },
  );
}
