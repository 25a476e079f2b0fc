import type { ErrorCode } from "../errors/error-codes.js";
import type { RunStatus } from "../manifest/model.js";

interface EventBase {
  /** From 0 within the run. */
  readonly sequence: number;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly runId: string;
}

interface StepEventBase extends EventBase {
  /** The step's name, or `step-` and its position. */
  readonly step: string;
  readonly stepId: string;
  readonly stepIndex: number;
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
  readonly status: RunStatus;
  readonly manifestHash: string;
  /** What went wrong, step by step; empty for a completed run. */
  readonly message: string;
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
}

export interface StepCompletedEvent extends StepEventBase {
  readonly type: "step.completed";
  /** Milliseconds since the run began. */
  readonly elapsedMs: number;
  readonly assets: number;
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

/** Everything that a run reports while it goes on, in order of `sequence`. */
export type RunEvent =
  | PipelineStartedEvent
  | PipelineEndedEvent
  | StepQueuedEvent
  | StepStartedEvent
  | StepProgressEvent
  | StepCompletedEvent
  | StepFailedEvent;

export type RunEventType = RunEvent["type"];
