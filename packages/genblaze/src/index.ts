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
  canonicalizeJson,
  type ErrorCode,
  type ExternalAsset,
  fanOut,
  fileAsset,
  from,
  GenblazeError,
  hashJson,
  type JsonObject,
  type JsonValue,
  keepWarm,
  loop,
  Manifest,
  type Modality,
  map,
  outputAsset,
  type Provider,
  plan,
  type Run,
  type RunEvent,
  type RunHandle,
  type RunOptions,
  type RunResult,
  type Runtime,
  type RuntimeOptions,
  route,
  type StepResult,
  split,
  storedAsset,
  urlAsset,
} from "@genblaze/core";
export { stepCacheKey } from "@genblaze/core/cache";
export { parseManifest } from "@genblaze/core/manifest";
export type { CompositeNode } from "@genblaze/core/node";
export {
  checkOpening,
  createSigningKey,
  decryptManifest,
  type KeySet,
  type Opening,
  parseOpening,
  readKeySet,
  readOpening,
  readSigningKey,
  type SigningKey,
  signManifest,
  toKeySet,
  verifySignature,
  writeOpening,
  writeSigningKey,
} from "@genblaze/core/proof";
export { describeDiff, describeLineage, diffManifests, lineage, replay } from "@genblaze/core/replay";
export { describePlan, toPythonEvent } from "@genblaze/core/report";
export { folder, memoryStorage, objectStorageSink, type Sink, type Storage } from "@genblaze/core/storage";
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
