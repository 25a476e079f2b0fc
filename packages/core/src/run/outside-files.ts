import { isDeepStrictEqual } from "node:util";
import { GenblazeError } from "../errors/genblaze-error.js";
import { sha256OfBytes } from "../json/sha256-of-bytes.js";
import type { Asset } from "../manifest/model.js";
import { modalityOfMediaType } from "../pipeline/asset-selector.js";
import type { ExternalAsset } from "../pipeline/external-asset.js";
import type { InputAsset } from "../provider/provider.js";
import { type AbortSource, raceAbort } from "./abort-source.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";
import { toInput } from "./to-input.js";
import type { LoadedFile, RecordedInput } from "./transitions.js";

/** A file from outside as a step takes it, and as the journal keeps it. */
export interface OutsideFile {
  readonly input: InputAsset;
  readonly file: LoadedFile;
}

/** Which files an input of a step stands for. */
export interface FileChoice {
  /** The place of the input among those of its step. */
  readonly place: number;
  readonly choose: () => readonly ExternalAsset[];
  /** Whether the definition itself names the file; else a function chooses, which may choose others each time. */
  readonly isStatic: boolean;
}

/**
 * The files from outside that an input of a step stands for: those that the step took before, in whatever process, or
 * those that are there now. INPUT_INVALID, WRONG_MODALITY.
 */
export async function takeFiles(
  run: RunContext,
  progress: StepProgress,
  { place, choose, isStatic }: FileChoice,
  abort: AbortSource,
): Promise<readonly OutsideFile[]> {
  const pinned = progress.files.filter((file) => file.place === place);
  const isPinned = pinned.length > 0 && (!isStatic || choose()[0]?.label === pinned[0]?.label);
  if (isPinned) return pinned.map((file, index) => pinnedFile(run, progress, file, () => choose()[index], abort));
  const files: OutsideFile[] = [];
  for (const external of choose()) {
    const { asset } = await loadOnce(run, external, abort);
    const file = { place, label: external.label, asset };
    assertAccepted(progress, file);
    files.push(pinnedFile(run, progress, file, () => external, abort));
  }
  return files;
}

/** Writes down which files a step took, before it asks for anything: whoever goes on with the run takes the same. */
export async function pinFiles(run: RunContext, progress: StepProgress, taken: readonly OutsideFile[]): Promise<void> {
  const files = taken.map(({ file }) => file);
  if (isDeepStrictEqual(files, progress.files)) return;
  await run.log.record({ state: "loaded", step: progress.planned.step.key, files });
}

/** What another process loaded is what all steps take that name the same file. */
export function recallFiles(run: RunContext, { planned, files }: StepProgress): void {
  for (const { place, label, asset } of files) {
    const edge = planned.inputs[place];
    if (edge?.kind !== "external" || edge.asset.label !== label || run.loaded.has(edge.asset)) continue;
    run.loaded.set(edge.asset, { asset, step: undefined, role: undefined });
  }
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

/** Its bytes are in the spool; where that ended with another process, the file may still be what it was. */
function pinnedFile(
  run: RunContext,
  progress: StepProgress,
  file: LoadedFile,
  external: () => ExternalAsset | undefined,
  { signal }: AbortSource,
): OutsideFile {
  const input = toInput(run, { asset: file.asset, step: undefined, role: undefined }, signal);
  const read = () => (run.spool.has(file.asset) ? input.read() : readAgain(run, progress, file, external, signal));
  return { input: { ...input, read }, file };
}

async function readAgain(
  run: RunContext,
  progress: StepProgress,
  { label, asset }: LoadedFile,
  external: () => ExternalAsset | undefined,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const found = await external()
    ?.load(signal)
    .catch(() => undefined);
  signal.throwIfAborted();
  if (found !== undefined && sha256OfBytes(found.bytes) === asset.sha256) {
    await run.spool.put(found.bytes, asset.mediaType);
    return found.bytes;
  }
  const { key } = progress.planned.step;
  const message = `Step "${key}" took "${label}", which is gone or another file by now, and the journal of the run has no spool that kept its bytes. Put that file back (SHA-256 ${asset.sha256}); or resume the run with option "from" to do the step anew, and pay for it.`;
  throw new GenblazeError("INPUT_INVALID", message, { details: { step: key, sha256: asset.sha256 } });
}

function assertAccepted({ planned: { step } }: StepProgress, { label, asset: { mediaType } }: LoadedFile): void {
  const { accepts } = step.provider;
  const modality = modalityOfMediaType(mediaType);
  if (modality === undefined || accepts.includes(modality)) return;
  const message = `Step "${step.key}" takes "${label}", which is ${mediaType}, but it accepts ${accepts.join(" and ") || "no inputs"}. Give it another file.`;
  throw new GenblazeError("WRONG_MODALITY", message, { details: { step: step.key } });
}
