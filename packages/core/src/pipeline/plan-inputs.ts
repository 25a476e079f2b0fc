import { GenblazeError } from "../errors/genblaze-error.js";
import type { Modality } from "../manifest/model.js";
import { type AssetSelector, modalityOfMediaType, parseSelector } from "./asset-selector.js";
import type { InputBinding, PipelineDefinition, StepDefinition } from "./definition.js";
import { type ExternalAsset, isExternalAsset } from "./external-asset.js";
import { kindsOf } from "./kinds-of.js";
import { isReference, type Reference } from "./reference.js";
import { unknownInput } from "./unknown-name.js";

/** Where assets of a step come from: another step, whoever runs the pipeline, or outside. */
type AssetSource =
  | { readonly kind: "step"; readonly from: number; readonly selector: AssetSelector }
  | { readonly kind: "given"; readonly selector: AssetSelector }
  | { readonly kind: "external"; readonly asset: ExternalAsset }
  | { readonly kind: "reference"; readonly reference: Reference };

/** One connection of a plan, in the order in which the step names its inputs. */
export type InputEdge = AssetSource & {
  readonly role: string | undefined;
  /** Whether the step named its input, or `chain` chose it. */
  readonly chosenBy: "name" | "chain";
};

/** The assets that a step takes: those it names, or under `chain` those of the nearest earlier step that fits. */
export function chooseInputs(
  definition: PipelineDefinition,
  indexes: ReadonlyMap<string, number>,
  step: StepDefinition,
  index: number,
): readonly InputEdge[] {
  if (step.inputs === undefined) return definition.chain ? chained(definition, step, index) : [];
  return step.inputs.map((binding) => ({
    ...resolve(definition, indexes, step, binding),
    role: binding.role,
    chosenBy: "name",
  }));
}

/** Whoever is asked for a step is given the same: WRONG_MODALITY for one that does not take it. */
export function assertTakes(
  definition: PipelineDefinition,
  indexes: ReadonlyMap<string, number>,
  target: StepDefinition,
  inputs: readonly InputEdge[],
): void {
  for (const binding of target.inputs ?? []) resolve(definition, indexes, target, binding);
  for (const edge of inputs) {
    if (edge.chosenBy === "name") continue;
    const yields =
      edge.kind === "step" ? [definition.steps[edge.from]?.provider.yields ?? "image"] : definition.accepts;
    for (const modality of yields) assertAccepts(target, edge.kind === "step" ? edge.selector.name : "input", modality);
  }
}

function resolve(
  definition: PipelineDefinition,
  indexes: ReadonlyMap<string, number>,
  step: StepDefinition,
  { source }: InputBinding,
): AssetSource {
  if (isReference(source)) return { kind: "reference", reference: source };
  if (isExternalAsset(source)) {
    const modality = source.mediaType === undefined ? undefined : modalityOfMediaType(source.mediaType);
    if (modality !== undefined) assertAccepts(step, source.label, modality);
    return { kind: "external", asset: source };
  }
  const selector = parseSelector(source, (name) => name === "input" || indexes.has(name));
  if (selector === undefined) throw unknownInput(definition, step, source);
  if (selector.name === "input") return { kind: "given", selector: checkGiven(definition, step, selector) };
  const from = indexes.get(selector.name) ?? -1;
  const before = definition.steps[from];
  assertYields(step, before, selector);
  assertAccepts(step, selector.name, selector.modality ?? before?.provider.yields ?? "image");
  return { kind: "step", from, selector };
}

/** A kind that the step before never gives would be missed only when that one is paid for. */
function assertYields(step: StepDefinition, before: StepDefinition | undefined, { modality }: AssetSelector): void {
  const kinds = before === undefined ? undefined : kindsOf(before);
  if (before === undefined || kinds === undefined || modality === undefined || kinds.includes(modality)) return;
  const message = `Step "${step.key}" takes "${before.key}.${modality}", but "${before.key}" yields ${kinds.join(" and ")}. Take "${before.key}", or another step.`;
  throw new GenblazeError("WRONG_MODALITY", message, {
    details: { step: step.key, input: before.key, yields: before.provider.yields },
  });
}

function checkGiven(definition: PipelineDefinition, step: StepDefinition, selector: AssetSelector): AssetSelector {
  const given = selector.modality === undefined ? definition.accepts : [selector.modality];
  if (definition.accepts.length === 0) {
    const message = `Step "${step.key}" takes the assets that pipeline "${definition.name}" is given, but it takes none. Say which: new Pipeline(name, { accepts: ["image"] }).`;
    throw new GenblazeError("WRONG_MODALITY", message, { details: { step: step.key } });
  }
  for (const modality of given) assertAccepts(step, "input", modality);
  return selector;
}

function chained(definition: PipelineDefinition, step: StepDefinition, index: number): readonly InputEdge[] {
  const from = definition.steps
    .slice(0, index)
    .findLastIndex((earlier) => step.provider.accepts.includes(earlier.provider.yields));
  const common = { role: undefined, chosenBy: "chain" } as const;
  if (from !== -1) {
    const name = definition.steps[from]?.key ?? "";
    return [{ kind: "step", from, selector: wholeOf(name), ...common }];
  }
  const isFed = definition.accepts.some((modality) => step.provider.accepts.includes(modality));
  return isFed ? [{ kind: "given", selector: wholeOf("input"), ...common }] : [];
}

function wholeOf(name: string): AssetSelector {
  return { name, modality: undefined, role: undefined, index: undefined };
}

function assertAccepts(step: StepDefinition, source: string, yields: Modality): void {
  const { accepts } = step.provider;
  const name = step.kind === "node" ? `this ${step.node.kind}` : step.provider.name;
  if (accepts.includes(yields)) return;
  const accepted = accepts.length === 0 ? "no inputs" : accepts.join(" and ");
  throw new GenblazeError(
    "WRONG_MODALITY",
    `Step "${step.key}" takes "${source}", which yields ${yields}, but ${name} accepts ${accepted}. Take another step's output, or another provider.`,
    { details: { step: step.key, input: source, yields } },
  );
}
