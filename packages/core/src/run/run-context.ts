import type { GenblazeError } from "../errors/genblaze-error.js";
import type { Guard } from "../guard/guard.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { ExternalAsset } from "../pipeline/external-asset.js";
import type { CacheMode } from "../pipeline/step-options.js";
import type { Logger } from "../provider/logger.js";
import type { InputAsset } from "../provider/provider.js";
import type { AbortSource } from "./abort-source.js";
import type { RecordedInput } from "./journal.js";
import type { GraphEnd } from "./run-graph.js";
import type { RunLog } from "./run-log.js";
import type { RunPrivacy } from "./run-privacy.js";
import type { RunState, ScopeState, StepProgress } from "./run-state.js";
import type { Runtime } from "./runtime.js";
import type { Slots } from "./slots.js";
import type { Spool } from "./spool.js";

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

/** What the parts of one run share. */
export interface RunContext {
  readonly state: RunState;
  readonly log: RunLog;
  readonly runtime: Runtime;
  readonly spool: Spool;
  readonly logger: Logger;
  /** Aborted when the caller cancels, the run's time is up, or that of the node around; the reason is a GenblazeError. */
  readonly abort: AbortSource;
  readonly privacy: RunPrivacy;
  readonly slots: Slots;
  /** Does one step; here, since steps run nodes and nodes run steps. */
  readonly runStep: (run: RunContext, step: StepProgress) => Promise<GraphEnd>;
  /** Those of the run's pipeline, then of those inside it. */
  readonly guards: readonly Guard[];
  /** What the run's pipeline and those inside it were given. */
  readonly given: Map<ScopeState, GivenInput>;
  /** What text steps gave: their text, or their JSON as the schema sees it. */
  readonly values: Map<string, unknown>;
  /** Operations of jobs that are under way, for cancelling them. */
  readonly operations: Map<StepProgress, JsonValue>;
  /** The errors of failed and cancelled steps with their causes, which the journal does not hold. */
  readonly errors: Map<string, GenblazeError>;
  /** The secret under which results of private steps are cached. */
  readonly ownerKey: Uint8Array | undefined;
  /** What the cache does for steps that do not say it themselves. */
  readonly cacheMode: CacheMode;
  /** Assets from outside that were read already. */
  readonly loaded: Map<ExternalAsset, Promise<RecordedInput>>;
  /** Answers that came with the run's options, by the names of steps. */
  readonly answers: Readonly<Record<string, JsonValue>>;
  readonly answerWaiting: AnswerWaiting | undefined;
}
