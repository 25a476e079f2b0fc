import {
  type Pipeline as CorePipeline,
  createRuntime as createCoreRuntime,
  type InputScope,
  type Modality,
  pipelineWith,
  type Runtime,
  type RuntimeOptions,
  type StepOutput,
} from "@genblaze/core";
import { mediaWriter } from "@genblaze/media";

/** A runtime of one's own that embeds manifests when results are saved; otherwise that of `@genblaze/core`. */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  return createCoreRuntime({ media: mediaWriter, ...options });
}

/** The `Pipeline` of `@genblaze/core` whose results embed their manifest when they are saved. */
export const Pipeline: typeof CorePipeline = pipelineWith(createRuntime());
export type Pipeline<
  In = undefined,
  A extends Modality = never,
  S = InputScope<In, A>,
  Out extends StepOutput = StepOutput,
> = CorePipeline<In, A, S, Out>;

export {
  type Approval,
  type Asset,
  approve,
  bytesAsset,
  type CompositeNode,
  canonicalizeJson,
  checkOpening,
  createSigningKey,
  decryptManifest,
  describePlan,
  type ErrorCode,
  type ExternalAsset,
  fanOut,
  fileAsset,
  folder,
  from,
  GenblazeError,
  hashJson,
  type JsonObject,
  type JsonValue,
  type KeySet,
  keepWarm,
  loop,
  Manifest,
  type Modality,
  map,
  memoryStorage,
  type Opening,
  objectStorageSink,
  outputAsset,
  type Provider,
  parseManifest,
  parseOpening,
  plan,
  type Run,
  type RunEvent,
  type RunHandle,
  type RunOptions,
  type RunResult,
  type Runtime,
  type RuntimeOptions,
  readKeySet,
  readOpening,
  readSigningKey,
  route,
  type SigningKey,
  type Sink,
  type StepResult,
  type Storage,
  signManifest,
  split,
  stepCacheKey,
  storedAsset,
  toKeySet,
  toPythonEvent,
  urlAsset,
  verifySignature,
  writeOpening,
  writeSigningKey,
} from "@genblaze/core";
export { describeDiff, describeLineage, diffManifests, lineage, replay } from "@genblaze/core/replay";
export { guardedDownload, type ManifestVerification, verifyManifest } from "@genblaze/core/verify";
export {
  embedManifest,
  extractManifest,
  type FileVerification,
  mediaWriter,
  recoverInPlace,
  stripManifest,
  verifyFile,
} from "@genblaze/media";
