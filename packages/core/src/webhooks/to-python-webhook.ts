import { assertNever } from "../internal/assert-never.js";
import type { JsonObject } from "../json/json-value.js";
import type { RunEvent, StepCompletedEvent, StepFailedEvent } from "../run/run-events.js";

/**
 * An event as the Python library's notifier sends it (`genblaze_core/webhooks/notifier.py` of 0.3.8): another shape than
 * that of its events, with `event` instead of `type`, seconds of two decimals, and times with `+00:00`. Step events
 * have `run_id` too, which Python's lack. Undefined for what Python does not send: waiting in a queue, progress, and
 * what only our runs do.
 *
 * `stepCount` is how many steps the run is known to have; the end of a run does not say it itself.
 */
export function toPythonWebhook(event: RunEvent, stepCount: number): JsonObject | undefined {
  const fields = fieldsOf(event, stepCount);
  if (fields === undefined) return undefined;
  return { event: event.type, run_id: event.runId, ...fields, timestamp: event.timestamp.replace(/Z$/, "+00:00") };
}

function fieldsOf(event: RunEvent, stepCount: number): JsonObject | undefined {
  switch (event.type) {
    case "pipeline.started":
      return { pipeline_name: event.pipeline, step_count: event.totalSteps };
    case "pipeline.completed":
    case "pipeline.failed":
      return {
        // A run that waits for an answer is one that goes on.
        status: event.status === "waiting" ? "running" : event.status,
        step_count: stepCount,
        ...(event.manifestHash === "" ? {} : { canonical_hash: event.manifestHash }),
      };
    case "step.started":
      return { step_id: event.stepId, provider: event.provider, model: event.model };
    case "step.completed":
      return endOfStep(event, "succeeded");
    case "step.failed":
      // Python knows no skipped step; a step that never began is a cancelled one there.
      return endOfStep(event, event.status === "failed" ? "failed" : "cancelled");
    case "pipeline.resumed":
    case "step.queued":
    case "step.progress":
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
    case "step.retried":
      return undefined;
    default:
      return assertNever(event);
  }
}

function endOfStep(event: StepCompletedEvent | StepFailedEvent, status: string): JsonObject {
  return {
    step_id: event.stepId,
    step_index: event.stepIndex,
    total_steps: event.totalSteps,
    provider: event.provider,
    model: event.model,
    status,
    elapsed_sec: Math.round(event.elapsedMs / 10) / 100,
  };
}
