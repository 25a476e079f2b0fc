import { GenblazeError } from "../errors/genblaze-error.js";
import { selectAssets } from "../pipeline/asset-selector.js";
import { sourceText } from "../pipeline/describe-plan.js";
import { type ExternalAsset, isExternalAsset } from "../pipeline/external-asset.js";
import type { InputEdge } from "../pipeline/plan-inputs.js";
import { callReference, type ReadSource, referenceFailed } from "../pipeline/resolve-reference.js";
import type { InputAsset } from "../provider/provider.js";
import type { AbortSource } from "./abort-source.js";
import { type OutsideFile, pinFiles, takeFiles } from "./outside-files.js";
import type { RunContext } from "./run-context.js";
import type { ScopeState, StepProgress } from "./run-state.js";
import { assetsOf, madeBy } from "./step-assets.js";
import { toInput } from "./to-input.js";
import type { RecordedInput } from "./transitions.js";

const noInputs: readonly InputAsset[] = [];

/** Reads what `from(name, ...)` names in a scope: the run's input, the text or JSON of a text step, assets of others. */
export function readerOf(run: RunContext, scope: ScopeState): ReadSource {
  return (name) => {
    if (name === "input") return run.given.get(scope.path)?.input;
    const source = scope.byName.get(name);
    return source === undefined ? undefined : readStep(run, source);
  };
}

/** The text or JSON of a step, or its assets. */
export function readStep(run: RunContext, step: StepProgress): unknown {
  if (step.planned.step.provider.yields === "text") return run.values.get(step.planned.step.key);
  return assetsOf(step).map(run.privacy.assetAsGiven);
}

/** The assets that a step takes, those from outside read. */
export async function inputsOf(
  run: RunContext,
  progress: StepProgress,
  abort: AbortSource,
): Promise<readonly InputAsset[]> {
  const { planned } = progress;
  if (planned.inputs.length === 0) return noInputs;
  const inputs: InputAsset[] = [];
  const files: OutsideFile[] = [];
  for (const [place, edge] of planned.inputs.entries()) {
    const assets = await assetsOfEdge(run, progress, edge, abort, async (choose) => {
      const taken = await takeFiles(run, progress, { place, choose, isStatic: edge.kind === "external" }, abort);
      files.push(...taken);
      return taken.map((file) => file.input);
    });
    inputs.push(...assets.map((asset) => ({ ...asset, role: edge.role })));
  }
  await pinFiles(run, progress, files);
  return inputs;
}

/** What a step that succeeded hands on. */
export function handedOn(run: RunContext, step: StepProgress, signal: AbortSignal): readonly InputAsset[] {
  if (step.state !== "succeeded") return noInputs;
  return madeBy(step).map((each) => toInput(run, each, signal));
}

function assetsOfEdge(
  run: RunContext,
  progress: StepProgress,
  edge: InputEdge,
  abort: AbortSource,
  take: (choose: () => readonly ExternalAsset[]) => Promise<readonly InputAsset[]>,
): readonly InputAsset[] | Promise<readonly InputAsset[]> {
  switch (edge.kind) {
    case "step": {
      const source = progress.scope.steps[edge.from];
      if (source?.state !== "succeeded") return noInputs;
      return selectSome(progress, edge, handedOn(run, source, abort.signal));
    }
    case "given":
      return selectSome(progress, edge, run.given.get(progress.scope.path)?.assets ?? noInputs);
    case "external":
      return take(() => [edge.asset]);
    case "reference":
      return take(() => chosenAssets(run, progress, edge));
  }
}

/** A part that is asked for by name must be there: without it the step would be paid for something else. */
function selectSome(
  { planned }: StepProgress,
  edge: Extract<InputEdge, { kind: "step" | "given" }>,
  assets: readonly InputAsset[],
): readonly InputAsset[] {
  const { modality, role, index } = edge.selector;
  const selected = selectAssets(edge.selector, assets);
  if (selected.length > 0 || (modality === undefined && role === undefined && index === undefined)) return selected;
  const { key } = planned.step;
  const message = `Step "${key}" takes "${sourceText(edge)}", but there is no such asset: ${assets.length} came. Take another one, or all of them.`;
  throw new GenblazeError("INPUT_INVALID", message, { details: { step: key, assets: assets.length } });
}

function chosenAssets(
  run: RunContext,
  { planned, scope }: StepProgress,
  { reference }: Extract<InputEdge, { kind: "reference" }>,
): readonly ExternalAsset[] {
  const found = { option: "inputs", reference };
  const value = callReference(planned.step, found, readerOf(run, scope));
  const chosen: readonly unknown[] = value === undefined ? [] : [value].flat();
  if (chosen.every(isExternalAsset)) return chosen;
  throw referenceFailed(
    planned.step,
    found,
    "must give an asset from outside, like fileAsset(path), or a list of them",
  );
}

/** An input as it is recorded. */
export function toRecorded({ asset, step, role }: InputAsset): RecordedInput {
  return { asset, step: step === "" ? undefined : step, role };
}
