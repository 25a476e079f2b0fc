import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import type { PipelineDefinition, StepDefinition } from "./definition.js";

/** One connection of a plan: the step at `from` hands its assets on. */
export interface InputEdge {
  readonly from: number;
  readonly role: string | undefined;
  /** Whether the step named its input, or `chain` chose it. */
  readonly chosenBy: "name" | "chain";
}

/** The steps whose assets a step takes: those it names, or under `chain` the nearest earlier one that fits. */
export function chooseInputs(
  definition: PipelineDefinition,
  indexes: ReadonlyMap<string, number>,
  step: StepDefinition,
  index: number,
): readonly InputEdge[] {
  if (step.inputs === undefined) return definition.chain ? chained(definition, step, index) : [];
  return step.inputs.map(({ role, step: name }) => {
    const from = indexes.get(name);
    const source = from === undefined ? undefined : definition.steps[from];
    if (from === undefined || source === undefined) throw unknownInput(step, name, [...indexes.keys()]);
    assertAccepts(step, source);
    return { from, role, chosenBy: "name" };
  });
}

function chained(definition: PipelineDefinition, step: StepDefinition, index: number): readonly InputEdge[] {
  const from = definition.steps.slice(0, index).findLastIndex((earlier) => accepts(step, earlier));
  return from === -1 ? [] : [{ from, role: undefined, chosenBy: "chain" }];
}

function accepts(step: StepDefinition, source: StepDefinition): boolean {
  return step.provider.accepts.includes(source.provider.yields);
}

function assertAccepts(step: StepDefinition, source: StepDefinition): void {
  if (accepts(step, source)) return;
  const accepted = step.provider.accepts.length === 0 ? "no inputs" : step.provider.accepts.join(" and ");
  throw new GenblazeError(
    "WRONG_MODALITY",
    `Step "${step.key}" takes "${source.key}", which yields ${source.provider.yields}, but ${step.provider.name} accepts ${accepted}. Take another step's output, or another provider.`,
    { details: { step: step.key, input: source.key, yields: source.provider.yields } },
  );
}

function unknownInput(step: StepDefinition, name: string, names: readonly string[]): GenblazeError {
  return new GenblazeError(
    "UNKNOWN_STEP",
    `Step "${step.key}" takes its input from "${name}", which is no step of this pipeline.${didYouMean(name, names)}`,
    { details: { step: step.key, name } },
  );
}
