import type { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject } from "../json/json-value.js";
import type { Manifest } from "../manifest/manifest.js";
import type { Asset, Modality, Run } from "../manifest/model.js";
import type { SavedMedia } from "../media/media-writer.js";
import type { Decision } from "../node/composite-node.js";
import type { PlainText, StepName, StepOutput } from "../pipeline/scope.js";
import type { Opening } from "../privacy/opening.js";
import type { StepWarning } from "../provider/provider.js";
import type { RunFacts } from "../report/run-facts.js";
import type { RunReport } from "../report/run-report.js";
import type { Sink, SinkReceipt } from "../storage/sink.js";
import type { RunOptions } from "./run-options.js";
import type { StepState } from "./run-state.js";
import type { RunHandle } from "./start-run.js";
import type { RunEndStatus } from "./transitions.js";

/** The JSON of a step: what its schema says, and nothing for a step without one. */
export type JsonOf<T> = [T] extends [PlainText] ? undefined : T;

/** One run of a body of a node: an item of `map`, an arm of `route`, a round of `loop`. */
export interface StepPart {
  readonly body: string;
  /** From 0, for bodies that run several times. */
  readonly item: number | undefined;
  readonly steps: readonly StepResult[];
}

/** What one step of a run gave. */
export interface StepResult<M extends Modality = Modality, T = unknown> {
  readonly name: string;
  readonly modality: M;
  readonly state: StepState;
  /** What it made; also of a step that failed because its output does not fit its schema. */
  readonly assets: readonly Asset[];
  /** The JSON of a text step as its `output` schema sees it; what a node's parts gave together. Reading it throws the step's error when it did not succeed. */
  readonly json: JsonOf<T>;
  /** The text of a text step without a schema. Reading it throws the step's error when it did not succeed. */
  readonly text: string | undefined;
  /** What ran inside a node, by item; empty for the step of a provider. */
  readonly parts: readonly StepPart[];
  /** Why it was left out by choice: its own condition, an arm that was not taken. */
  readonly reason: string | undefined;
  /** What a node counted, scored or chose, as its manifest says it. */
  readonly evidence: JsonObject;
  /** What a node decided, and why, by the names of its decisions. */
  readonly decisions: Readonly<Record<string, Decision>>;
  /** How often its provider was asked. */
  readonly attempts: number;
  readonly warnings: readonly StepWarning[];
  readonly error: GenblazeError | undefined;
  /** Milliseconds from the start of the run; undefined when it did not come to that. */
  readonly startedMs: number | undefined;
  readonly endedMs: number | undefined;
  /** The bytes of one asset. @default the first */
  bytes(assetIndex?: number): Promise<Uint8Array>;
}

/** `shots[0].frame`, `clip.premium`. */
export type InnerName = `${string}.${string}` | `${string}[${number}]`;

/** What {@link RunResult.resume} takes; what is left out is as it was. */
export type ResumeOptions = Omit<
  RunOptions,
  "input" | "assets" | "metadata" | "privacy" | "parentRunIds" | "runtime" | "journal" | "runId" | "onChange"
>;

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
  /** `waiting` when a step waits for an answer; then {@link RunResult.resume} goes on. */
  readonly status: RunEndStatus;
  readonly run: Run;
  readonly manifest: Manifest;
  /** Why the run did not complete, or could not be written to its sink. */
  readonly error: GenblazeError | undefined;
  /** Milliseconds from start to end. */
  readonly elapsedMs: number;
  /** What `createReport` of `@genblaze/core/report` reads: times, dependencies and costs of every step. */
  readonly facts: RunFacts;
  /** Where the time and the money went: critical path, the steps that take most of it, what half of one would win. */
  report(): Promise<RunReport>;
  /** The steps of the pipeline; those inside nodes are in their `parts`. */
  readonly steps: readonly StepResult[];
  /** The names of the steps that wait for an answer. */
  readonly waiting: readonly string[];
  /** What the sink wrote, when there was one. */
  readonly stored: SinkReceipt | undefined;
  /** Writes the run into a sink, also a second one or after the first has failed. SINK_FAILED when it cannot. */
  store(sink: Sink, options?: { readonly signal?: AbortSignal }): Promise<SinkReceipt>;
  /** One step by its name, or by its full name inside a node, like `shots[0].frame`; UNKNOWN_STEP for any other. */
  step<N extends StepName<S> | InnerName>(
    name: N,
  ): N extends keyof S ? (S[N] extends StepOutput<infer M, infer T> ? StepResult<M, T> : StepResult) : StepResult;
  /**
   * Goes on with this run in this process: what succeeded stays and is not paid for again, what failed or was skipped
   * is tried again, and what waits gets its answer. This result stays as it is.
   */
  // The default keeps results of known pipelines assignable to those of unknown ones.
  resume<R = S>(options?: ResumeOptions): RunHandle<R>;
  /**
   * Writes an output to `path` with the manifest embedded; where its container cannot carry one, or no media
   * handlers are at hand, the manifest goes into a sidecar and the answer says why.
   */
  save(path: string, options?: SaveOptions<StepName<S> | InnerName>): Promise<SavedMedia>;
  /**
   * What opens the commitments of private steps, for their owner: keep it with {@link writeOpening}, as nothing else
   * has the salts. Undefined for a run without private steps.
   */
  opening(): Opening | undefined;
}
