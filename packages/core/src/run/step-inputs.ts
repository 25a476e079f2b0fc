import { GenblazeError } from "../errors/genblaze-error.js";
import type { Asset } from "../manifest/model.js";
import { modalityOfMediaType, selectAssets } from "../pipeline/asset-selector.js";
import { sourceText } from "../pipeline/describe-plan.js";
import { type ExternalAsset, isExternalAsset } from "../pipeline/external-asset.js";
import type { InputEdge } from "../pipeline/plan-inputs.js";
import { callReference, type ReadSource, referenceFailed } from "../pipeline/resolve-reference.js";
import type { InputAsset } from "../provider/provider.js";
import { type AbortSource, raceAbort } from "./abort-source.js";
import type { RunContext } from "./run-context.js";
import type { ScopeState, StepProgress } from "./run-state.js";
import { assetsOf, madeBy } from "./step-assets.js";
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
  for (const edge of planned.inputs) {
    const assets = await assetsOfEdge(run, progress, edge, abort);
    inputs.push(...assets.map((asset) => ({ ...asset, role: edge.role })));
  }
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
      return loadAll(run, progress, [edge.asset], abort);
    case "reference":
      return loadAll(run, progress, chosenAssets(run, progress, edge), abort);
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

async function loadAll(
  run: RunContext,
  { planned }: StepProgress,
  assets: readonly ExternalAsset[],
  abort: AbortSource,
): Promise<readonly InputAsset[]> {
  const inputs: InputAsset[] = [];
  for (const external of assets) {
    const loaded = await loadOnce(run, external, abort);
    assertAccepted(planned.step.key, planned.step.provider.accepts, external, loaded.asset);
    inputs.push(toInput(run, loaded, abort.signal));
  }
  return inputs;
}

/** Two steps that take one file take the same bytes, whatever happens to it between. */
export function loadOnce(run: RunContext, external: ExternalAsset, abort: AbortSource): Promise<RecordedInput> {
  const before = run.loaded.get(external);
  if (before !== undefined) return Promise.resolve(before);
  // For the run and not for one step: another one may take the same, and has another time limit.
  const loading = run.loading.get(external) ?? load(run, external, run.signal);
  run.loading.set(external, loading);
  // A file that could not be read may be there when another step, or a resumed run, asks for it.
  loading.then(
    (loaded) => run.loaded.set(external, loaded),
    () => run.loading.delete(external),
  );
  return raceAbort(loading, abort);
}

async function load(run: RunContext, external: ExternalAsset, signal: AbortSignal): Promise<RecordedInput> {
  const { bytes, mediaType, url, known } = await external.load(signal);
  const sha256 = await run.spool.put(bytes, mediaType);
  const place = { url: url ?? `urn:sha256:${sha256}`, sha256, sizeBytes: bytes.byteLength };
  const asset: Asset =
    known === undefined
      ? { ...bareAsset, assetId: run.runtime.createId(), mediaType, ...place }
      : { ...known, ...place };
  return { asset, step: undefined, role: undefined };
}

const bareAsset = { width: null, height: null, duration: null, video: null, audio: null, tracks: null, metadata: {} };

export function toInput(run: RunContext, { asset, step, role }: RecordedInput, signal: AbortSignal): InputAsset {
  const given = run.privacy.assetAsGiven(asset);
  return { role, step: step ?? "", asset: given, read: () => run.spool.read(given, signal) };
}

/** An input as it is recorded. */
export function toRecorded({ asset, step, role }: InputAsset): RecordedInput {
  return { asset, step: step === "" ? undefined : step, role };
}

function assertAccepted(key: string, accepts: readonly string[], { label }: ExternalAsset, { mediaType }: Asset): void {
  const modality = modalityOfMediaType(mediaType);
  if (modality === undefined || accepts.includes(modality)) return;
  const message = `Step "${key}" takes "${label}", which is ${mediaType}, but it accepts ${accepts.join(" and ") || "no inputs"}. Give it another file.`;
  throw new GenblazeError("WRONG_MODALITY", message, { details: { step: key } });
}
