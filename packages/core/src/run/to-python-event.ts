import { ERROR_CODES } from "../errors/error-codes.js";
import { assertNever } from "../internal/assert-never.js";
import type { JsonObject } from "../json/json-value.js";
import type { RunStatus } from "../manifest/model.js";
import type { RunEvent, StepFailedEvent, StepRetriedEvent } from "./run-events.js";
import type { RunEndStatus } from "./transitions.js";

/**
 * An event in the closed schema of the Python library (its `events/v1`): snake_case names, seconds instead of
 * milliseconds, and only the fields that its readers allow. What has no field there is left out; undefined for an event
 * of a kind that its readers do not know.
 */
export function toPythonEvent(event: RunEvent): JsonObject | undefined {
  const fields = fieldsOf(event);
  return fields === undefined ? undefined : { type: event.type, timestamp: toMicroseconds(event.timestamp), ...fields };
}

function fieldsOf(event: RunEvent): JsonObject | undefined {
  switch (event.type) {
    case "pipeline.started":
      return { run_id: event.runId, total_steps: event.totalSteps, message: event.pipeline };
    case "pipeline.completed":
      return { run_id: event.runId, run_status: statusOf(event.status), manifest_hash: event.manifestHash };
    case "pipeline.failed":
      return {
        run_id: event.runId,
        message: event.message,
        run_status: statusOf(event.status),
        manifest_hash: event.manifestHash,
      };
    case "step.queued":
      return { ...stepFields(event), reason: event.reason };
    case "step.started":
      return stepFields(event);
    case "step.progress":
      return progressFields(event);
    case "step.completed":
      return { ...stepFields(event), elapsed_sec: event.elapsedMs / 1000, step_status: "succeeded" };
    case "step.failed":
      return failedFields(event);
    case "step.retried":
      return retriedFields(event);
    case "pipeline.resumed":
    case "step.expanded":
    case "step.decided":
    case "step.waiting":
    case "step.answered":
    case "step.rejected":
    case "step.fallback":
    case "step.hedged":
    case "step.outrun":
    case "budget.threshold":
    case "budget.overrun":
    case "budget.unknown":
      return undefined;
    default:
      return assertNever(event);
  }
}

/** A run that waits for an answer is one that goes on. */
function statusOf(status: RunEndStatus): RunStatus {
  return status === "waiting" ? "running" : status;
}

function stepFields(event: Extract<RunEvent, { type: `step.${string}` }>): JsonObject {
  return {
    run_id: event.runId,
    step_id: event.stepId,
    step_index: event.stepIndex,
    total_steps: event.totalSteps,
    provider: event.provider,
    model: event.model,
  };
}

function progressFields(event: Extract<RunEvent, { type: "step.progress" }>): JsonObject {
  return {
    run_id: event.runId,
    step_id: event.stepId,
    provider: event.provider,
    model: event.model,
    elapsed_sec: event.elapsedMs / 1000,
    ...(event.fraction === undefined ? {} : { progress_pct: event.fraction }),
    ...(event.previewUrl === undefined ? {} : { preview_url: event.previewUrl }),
    ...(event.message === undefined ? {} : { message: event.message }),
    is_heartbeat: event.isHeartbeat === true,
    data: { status: event.status },
  };
}

function failedFields(event: StepFailedEvent): JsonObject {
  return {
    ...stepFields(event),
    elapsed_sec: event.elapsedMs / 1000,
    // Python knows no skipped step; a step that never began is a cancelled one there.
    step_status: event.status === "failed" ? "failed" : "cancelled",
    error: event.error,
  };
}

function toMicroseconds(timestamp: string): string {
  return timestamp.includes(".") ? timestamp : `${timestamp.slice(0, -1)}.000000Z`;
}

function retriedFields({ runId, stepId, provider, model, ...event }: StepRetriedEvent): JsonObject {
  return {
    run_id: runId,
    step_id: stepId,
    provider,
    model,
    phase: event.phase,
    attempt: event.attempt,
    max_attempts: event.maxAttempts,
    delay_sec: event.delayMs / 1000,
    error_code: ERROR_CODES[event.errorCode].kind,
    error: event.error,
  };
}
