import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import type { StepWarning } from "../provider/provider.js";
import type { PipelineDefinition, StepDefinition } from "./definition.js";
import { chooseInputs, type InputEdge } from "./plan-inputs.js";
import { assertNoCycle } from "./plan-order.js";
import { checkStaticRequest } from "./plan-request.js";
import { isReference } from "./reference.js";

/** One step of a plan: what it waits for and whose assets it takes. */
export interface PlannedStep {
  readonly index: number;
  readonly step: StepDefinition;
  readonly inputs: readonly InputEdge[];
  /** Indexes of the steps that must succeed first: its inputs and the sources of its references. */
  readonly waitsFor: readonly number[];
  /** What the provider says it will do in another way, where that is known before the run. */
  readonly warnings: readonly StepWarning[];
}

/** A pipeline whose names, connections, modalities and models have been checked, ready to run. */
export interface Plan {
  readonly definition: PipelineDefinition;
  readonly steps: readonly PlannedStep[];
}

/**
 * Checks everything that can be checked before anything is spent. Errors: EMPTY_PIPELINE, UNKNOWN_STEP,
 * WRONG_MODALITY, CYCLE, INVALID_OPTION (unknown model of a provider that has a closed list, a public step that reads
 * the text of a private one), and whatever
 * `prepare` of a provider says of a request that is already complete.
 */
export function plan(definition: PipelineDefinition): Plan {
  if (definition.steps.length === 0) {
    throw new GenblazeError(
      "EMPTY_PIPELINE",
      `Pipeline "${definition.name}" has no step. Add one with .step(provider, { model, ... }).`,
    );
  }
  const indexes = new Map(definition.steps.map((step, index) => [step.key, index]));
  const steps = definition.steps.map((step, index) => planStep(definition, indexes, step, index));
  assertNoCycle(steps);
  return Object.freeze({ definition, steps: Object.freeze(steps) });
}

function planStep(
  definition: PipelineDefinition,
  indexes: ReadonlyMap<string, number>,
  step: StepDefinition,
  index: number,
): PlannedStep {
  assertKnownModel(step);
  assertReadsNothingPrivate(definition, indexes, step);
  const inputs = chooseInputs(definition, indexes, step, index);
  const sources = referencedNames(step)
    .filter((source) => assertSource(definition, indexes, step, source) !== "input")
    .map((source) => indexes.get(source) ?? index);
  const waitsFor = [...new Set([...inputs.map((edge) => edge.from), ...sources])];
  const isStatic = inputs.length === 0 && referencedNames(step).length === 0;
  return Object.freeze({ index, step, inputs, waitsFor, warnings: isStatic ? checkStaticRequest(step) : [] });
}

/** A text that answers a private prompt may repeat it, and the prompt of a public step stands in the manifest. */
function assertReadsNothingPrivate(
  definition: PipelineDefinition,
  indexes: ReadonlyMap<string, number>,
  step: StepDefinition,
): void {
  if (step.promptVisibility !== "public") return;
  const source = referencedNames(step).find((name) => {
    const read = definition.steps[indexes.get(name) ?? -1];
    return read !== undefined && read.promptVisibility !== "public";
  });
  if (source === undefined) return;
  throw new GenblazeError(
    "INVALID_OPTION",
    `Step "${step.key}" is public and reads the text of "${source}", which is not. Give it promptVisibility: "private" or "encrypted" too.`,
    { details: { step: step.key, name: source } },
  );
}

/** The names that a step's prompt and parameters read from. */
export function referencedNames(step: StepDefinition): readonly string[] {
  return [step.prompt, ...Object.values(step.params)].filter(isReference).map((reference) => reference.source);
}

function assertSource(
  definition: PipelineDefinition,
  indexes: ReadonlyMap<string, number>,
  step: StepDefinition,
  source: string,
): string {
  if (indexes.has(source) || (source === "input" && definition.input !== undefined)) return source;
  if (source === "input") {
    throw new GenblazeError(
      "UNKNOWN_STEP",
      `Step "${step.key}" reads the run's input, but pipeline "${definition.name}" has none. Give it one: new Pipeline(name, { input: schema }).`,
    );
  }
  const names = [...indexes.keys()];
  throw new GenblazeError(
    "UNKNOWN_STEP",
    `Step "${step.key}" reads from "${source}", which is no step of this pipeline.${didYouMean(source, names)}`,
    { details: { step: step.key, name: source } },
  );
}

function assertKnownModel(step: StepDefinition): void {
  const models = Object.keys(step.provider.models);
  if (step.provider.knownModelsOnly !== true || models.includes(step.model)) return;
  throw new GenblazeError(
    "INVALID_OPTION",
    `Step "${step.key}": ${step.provider.name} has no model "${step.model}".${didYouMean(step.model, models)} It has: ${models.join(", ")}.`,
    { details: { step: step.key, model: step.model } },
  );
}
