import type { GenblazeError } from "../errors/genblaze-error.js";
import type { Guard } from "../guard/guard.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { ExternalAsset } from "../pipeline/external-asset.js";
import type { CacheMode } from "../pipeline/step-options.js";
import type { Logger } from "../provider/logger.js";
import type { InputAsset } from "../provider/provider.js";
import type { AbortSource } from "./abort-source.js";
import type { GraphEnd } from "./run-graph.js";
import type { RunLog } from "./run-log.js";
import type { RunMemory } from "./run-memory.js";
import type { RunState, StepProgress } from "./run-state.js";
import type { Runtime } from "./runtime.js";
import type { Slots } from "./slots.js";
import type { Spending } from "./spending.js";
import type { RecordedInput } from "./transitions.js";

/** What a pipeline is given by whoever runs it. */
export interface GivenInput {
  /** The checked input. */
  readonly input: unknown;
  readonly assets: readonly InputAsset[];
}

/** A step that waits for an answer from outside. */
export interface WaitingStep {
  readonly runId: string;
  readonly step: string;
  readonly question: JsonObject;
  readonly signal: AbortSignal;
}

/** Answers a waiting step; undefined lets the run rest. */
export type AnswerWaiting = (waiting: WaitingStep) => JsonValue | undefined | Promise<JsonValue | undefined>;

/** What the parts of a run share while it is under way. */
export interface RunContext extends RunMemory {
  readonly state: RunState;
  readonly log: RunLog;
  readonly runtime: Runtime;
  readonly logger: Logger;
  /** Aborted when the caller cancels, the run's time is up, or that of the node around; the reason is a GenblazeError. */
  readonly abort: AbortSource;
  /** That of the run alone, for what several of its steps share. */
  readonly signal: AbortSignal;
  readonly slots: Slots;
  /** Whether its journal is the caller's, so that another process may go on with it. */
  readonly isKept: boolean;
  /** Whether the pipeline is the one that the run was begun with. */
  readonly isSamePlan: boolean;
  /** Does one step; here, since steps run nodes and nodes run steps. */
  readonly runStep: (run: RunContext, step: StepProgress) => Promise<GraphEnd>;
  /** Those of the run's pipeline, then of those inside it. */
  readonly guards: readonly Guard[];
  /** The errors of failed and cancelled steps with their causes, which the journal does not hold. */
  readonly errors: Map<string, GenblazeError>;
  /** What the cache does for steps that do not say it themselves. */
  readonly cacheMode: CacheMode;
  /** Assets from outside that are being read. */
  readonly loading: Map<ExternalAsset, Promise<RecordedInput>>;
  /** Which takes of equal work the bodies around are, from the outside in; see `BodyCall.take`. */
  readonly takes: readonly number[];
  /** What is done about a request of which nobody knows whether it was taken. */
  readonly onUnknownSubmit: "fail" | "resubmit";
  /** What it may spend, and has. */
  readonly spending: Spending;
  /** Answers that came with the run's options, by the names of steps. */
  readonly answers: Readonly<Record<string, JsonValue>>;
  readonly answerWaiting: AnswerWaiting | undefined;
}
