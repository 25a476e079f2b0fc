import type { GenblazeError } from "../errors/genblaze-error.js";
import type { Manifest } from "../manifest/manifest.js";
import type { Asset, Modality, Run, RunStatus } from "../manifest/model.js";
import type { SavedMedia } from "../media/media-writer.js";
import type { PlainText, StepName, StepOutput } from "../pipeline/scope.js";
import type { Opening } from "../privacy/opening.js";
import type { StepWarning } from "../provider/provider.js";
import type { Sink, SinkReceipt } from "../storage/sink.js";
import type { StepState } from "./run-state.js";

/** The JSON of a step: what its schema says, and nothing for a step without one. */
export type JsonOf<T> = [T] extends [PlainText] ? undefined : T;

/** What one step of a run gave. */
export interface StepResult<M extends Modality = Modality, T = unknown> {
  readonly name: string;
  readonly modality: M;
  readonly state: StepState;
  /** What it made; also of a step that failed because its output does not fit its schema. */
  readonly assets: readonly Asset[];
  /** The JSON of a text step as its `output` schema sees it. Reading it throws the step's error when it did not succeed. */
  readonly json: JsonOf<T>;
  /** The text of a text step without a schema. Reading it throws the step's error when it did not succeed. */
  readonly text: string | undefined;
  readonly warnings: readonly StepWarning[];
  readonly error: GenblazeError | undefined;
  /** Milliseconds from the start of the run; undefined when it did not come to that. */
  readonly startedMs: number | undefined;
  readonly endedMs: number | undefined;
  /** The bytes of one asset. @default the first */
  bytes(assetIndex?: number): Promise<Uint8Array>;
}

export interface SaveOptions<Name extends string = string> {
  /** Name of the step whose output is saved. @default the last step of the definition that gave an asset */
  readonly step?: Name | undefined;
  /** Which of the step's assets. @default 0 */
  readonly asset?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a run gave: its record, its manifest, its steps. */
export interface RunResult<S = Readonly<Record<string, StepOutput>>> {
  readonly runId: string;
  readonly status: RunStatus;
  readonly run: Run;
  readonly manifest: Manifest;
  /** Why the run did not complete, or could not be written to its sink. */
  readonly error: GenblazeError | undefined;
  /** Milliseconds from start to end. */
  readonly elapsedMs: number;
  readonly steps: readonly StepResult[];
  /** What the sink wrote, when there was one. */
  readonly stored: SinkReceipt | undefined;
  /** Writes the run into a sink, also a second one or after the first has failed. SINK_FAILED when it cannot. */
  store(sink: Sink, options?: { readonly signal?: AbortSignal }): Promise<SinkReceipt>;
  /** One step by its name; UNKNOWN_STEP for any other. */
  step<N extends StepName<S>>(name: N): S[N] extends StepOutput<infer M, infer T> ? StepResult<M, T> : StepResult;
  /**
   * Writes an output to `path` with the manifest embedded; where its container cannot carry one, or no media
   * handlers are at hand, the manifest goes into a sidecar and the answer says why.
   */
  save(path: string, options?: SaveOptions<StepName<S>>): Promise<SavedMedia>;
  /**
   * What opens the commitments of private steps, for their owner: keep it with {@link writeOpening}, as nothing else
   * has the salts. Undefined for a run without private steps.
   */
  opening(): Opening | undefined;
}
