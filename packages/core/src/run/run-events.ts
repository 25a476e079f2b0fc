import type { BudgetScope } from "../budget/budget-types.js";
import type { ErrorCode } from "../errors/error-codes.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { RetryPhase } from "../retry/with-retry.js";
import type { CacheStatus, RunEndStatus } from "./transitions.js";

interface EventBase {
  /**
   * From 0 within the run, over all the times that it was gone on with: the place of the event among those that the
   * run's journal stands for, so that it is the same in every process and every reading.
   */
  readonly sequence: number;
  /** Only reported, not in the journal: it has the number of the event before it, and is not told again. */
  readonly isTransient?: true;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly runId: string;
}

interface StepEventBase extends EventBase {
  /** The step's name, or `step-` and its position; of a step inside a node its full name, like `shots[0].frame`. */
  readonly step: string;
  readonly stepId: string;
  /** From 0, in the order in which steps became known; the steps inside nodes become known while the run goes on. */
  readonly stepIndex: number;
  /** How many are known so far. */
  readonly totalSteps: number;
  readonly provider: string;
  readonly model: string;
}

export interface PipelineStartedEvent extends EventBase {
  readonly type: "pipeline.started";
  readonly pipeline: string;
  readonly totalSteps: number;
}

export interface PipelineEndedEvent extends EventBase {
  readonly type: "pipeline.completed" | "pipeline.failed";
  readonly status: RunEndStatus;
  readonly manifestHash: string;
  /** What all steps cost so far in US dollars, those of earlier turns too; null when that is not known. */
  readonly costUsd: number | null;
  /** What went wrong, step by step; empty for a completed run. */
  readonly message: string;
}

/** A run that had ended goes on. */
export interface PipelineResumedEvent extends EventBase {
  readonly type: "pipeline.resumed";
  readonly pipeline: string;
  readonly totalSteps: number;
}

export interface StepQueuedEvent extends StepEventBase {
  readonly type: "step.queued";
  /** Whether it waits for other steps, or for a free place under the concurrency limit. */
  readonly reason: "serial" | "concurrency_limit";
}

export interface StepStartedEvent extends StepEventBase {
  readonly type: "step.started";
}

export interface StepProgressEvent extends StepEventBase {
  readonly type: "step.progress";
  readonly status: "submitted" | "processing" | "succeeded" | "failed";
  /** Milliseconds since the run began. */
  readonly elapsedMs: number;
  /** 0 to 1, when the provider knows. */
  readonly fraction?: number;
  readonly message?: string;
  /** Where what is made so far can be seen, of https; it may be signed and end soon. Fetch it by `download()`. */
  readonly previewUrl?: string;
  /** Only a sign of life in a long wait between two polls; nothing is known that was not before. */
  readonly isHeartbeat?: true;
}

/** An asset that a step gave, as events show it. */
export interface EventOutput {
  readonly assetId: string;
  readonly mediaType: string;
  /** Without signatures and credentials; null for one that cannot be shown, such as a `data:` URL. */
  readonly url: string | null;
  /** Lower-case hex; null when the bytes were never seen. */
  readonly sha256: string | null;
  readonly sizeBytes: number | null;
}

export interface StepCompletedEvent extends StepEventBase {
  readonly type: "step.completed";
  /** Milliseconds since the run began. */
  readonly elapsedMs: number;
  /** How many assets it gave. */
  readonly assets: number;
  readonly outputs: readonly EventOutput[];
  /** What it cost in US dollars, all attempts together; null when that is not known. */
  readonly costUsd: number | null;
  /** What the cache had to do with it; absent where there is none. */
  readonly cache?: CacheStatus;
}

export interface StepFailedEvent extends StepEventBase {
  readonly type: "step.failed";
  readonly status: "failed" | "skipped" | "cancelled";
  /** Milliseconds since the run began. */
  readonly elapsedMs: number;
  /** Absent for a step that was skipped. */
  readonly errorCode?: ErrorCode;
  readonly error: string;
}

/** A node is about to run one of its bodies, or says that it will not. */
export interface StepExpandedEvent extends StepEventBase {
  readonly type: "step.expanded";
  readonly body: string;
  /** From 0, when the body runs several times. */
  readonly item?: number;
  /** The steps that became known by it. */
  readonly steps: readonly { readonly step: string; readonly stepId: string }[];
}

/** A node decided something: which arm, which item is the best. */
export interface StepDecidedEvent extends StepEventBase {
  readonly type: "step.decided";
  readonly name: string;
  readonly value: JsonValue;
  readonly reason: string;
}

/** A step waits for an answer from outside. */
export interface StepWaitingEvent extends StepEventBase {
  readonly type: "step.waiting";
  readonly question: JsonObject;
}

/** An answer has come. */
export interface StepAnsweredEvent extends StepEventBase {
  readonly type: "step.answered";
  readonly answer: JsonValue;
}

/** An output was there but was not taken; the step asks again or fails. */
export interface StepRejectedEvent extends StepEventBase {
  readonly type: "step.rejected";
  /** From 1. */
  readonly attempt: number;
  /** `schema`, or the name of a guard. */
  readonly by: string;
  readonly reason: string;
}

/** A submit or a poll failed, and is tried again after a wait. */
export interface StepRetriedEvent extends StepEventBase {
  readonly type: "step.retried";
  readonly phase: RetryPhase;
  /** Which try of this phase failed, from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly delayMs: number;
  readonly errorCode: ErrorCode;
  readonly error: string;
}

/** The provider of a step, or a fallback, could not do it, and the next one is asked; `provider` and `model` are its. */
export interface StepFallbackEvent extends StepEventBase {
  readonly type: "step.fallback";
  /** Who could not. */
  readonly from: { readonly provider: string; readonly model: string };
  readonly errorCode: ErrorCode;
  readonly error: string;
  /** It was not asked at all, since it keeps failing: the breaker is open. */
  readonly isPassedOver: boolean;
}

/** A provider was slow, and a fallback is asked beside it; the first output counts. */
export interface StepHedgedEvent extends StepEventBase {
  readonly type: "step.hedged";
  /** Who is asked too. */
  readonly beside: { readonly provider: string; readonly model: string };
}

/** Another target was faster than this one, whose job was called back. */
export interface StepOutrunEvent extends StepEventBase {
  readonly type: "step.outrun";
  readonly loser: { readonly provider: string; readonly model: string };
  /** Whether its provider said that it ended the job; else it may go on there, and be billed. */
  readonly isCancelled: boolean;
}

/** A part of a budget is spent; told to the run whose spending passed it. */
export interface BudgetThresholdEvent extends EventBase {
  readonly type: "budget.threshold";
  readonly scope: BudgetScope;
  readonly spentUsd: number;
  /** What requests under way may still cost. */
  readonly reservedUsd: number;
  readonly capUsd: number;
  /** The part, 0 to 1. */
  readonly fraction: number;
}

/** A request cost more than was kept back for it. */
export interface BudgetOverrunEvent extends EventBase {
  readonly type: "budget.overrun";
  /** Which request, like `step "clip" with luma/ray-2`. */
  readonly what: string;
  readonly reservedUsd: number;
  readonly spentUsd: number;
  readonly overrunUsd: number;
}

/** What a request cost is not known; what was kept back for it counts as spent. */
export interface BudgetUnknownEvent extends EventBase {
  readonly type: "budget.unknown";
  readonly what: string;
  readonly spentUsd: number;
}

/** Everything that a run reports while it goes on, in order of `sequence`. */
export type RunEvent =
  | PipelineStartedEvent
  | PipelineEndedEvent
  | StepQueuedEvent
  | StepStartedEvent
  | StepProgressEvent
  | StepCompletedEvent
  | StepFailedEvent
  | PipelineResumedEvent
  | StepExpandedEvent
  | StepDecidedEvent
  | StepWaitingEvent
  | StepAnsweredEvent
  | StepRejectedEvent
  | StepRetriedEvent
  | StepFallbackEvent
  | StepHedgedEvent
  | StepOutrunEvent
  | BudgetThresholdEvent
  | BudgetOverrunEvent
  | BudgetUnknownEvent;

export type RunEventType = RunEvent["type"];
