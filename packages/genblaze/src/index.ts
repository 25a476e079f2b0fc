import {
  type Pipeline as CorePipeline,
  createRuntime as createCoreRuntime,
  pipelineWith,
  type Runtime,
} from "@genblaze/core";
import { mediaWriter } from "@genblaze/media";

/** A runtime of one's own that embeds manifests when results are saved; otherwise that of `@genblaze/core`. */
export function createRuntime(options: Partial<Runtime> = {}): Runtime {
  return createCoreRuntime({ media: mediaWriter, ...options });
}

/** The `Pipeline` of `@genblaze/core` whose results embed their manifest when they are saved. */
export const Pipeline: typeof CorePipeline = pipelineWith(createRuntime());
export type Pipeline<In = undefined, S = import("@genblaze/core").InputScope<In>> = CorePipeline<In, S>;

export {
  type Asset,
  canonicalizeJson,
  describePlan,
  type ErrorCode,
  folder,
  from,
  GenblazeError,
  hashJson,
  type JsonObject,
  type JsonValue,
  Manifest,
  type Modality,
  memoryStorage,
  objectStorageSink,
  type Provider,
  parseManifest,
  plan,
  type Run,
  type RunEvent,
  type RunHandle,
  type RunOptions,
  type RunResult,
  type Runtime,
  type Sink,
  type StepResult,
  type Storage,
  toPythonEvent,
} from "@genblaze/core";
export {
  embedManifest,
  extractManifest,
  type FileVerification,
  mediaWriter,
  stripManifest,
  verifyFile,
} from "@genblaze/media";
