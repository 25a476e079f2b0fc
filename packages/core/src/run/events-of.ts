import { assertNever } from "../internal/assert-never.js";
import type { JournalEntry } from "./journal.js";
import type { StepQueuedEvent } from "./run-events.js";
import type { UnplacedEvent } from "./run-log.js";
import type { RunState, StepProgress } from "./run-state.js";

/** The events that a journal entry stands for; the state already includes the entry. */
export function eventsOf(
  state: RunState,
  { transition, at }: JournalEntry,
  startedAt: number,
): readonly UnplacedEvent[] {
  if (transition.state === "run.planned") {
    const started = { type: "pipeline.started", pipeline: transition.name, totalSteps: state.steps.length } as const;
    const waiting = state.steps.filter((step) => step.planned.waitsFor.length > 0);
    return [started, ...waiting.map((step) => queued(state, step, "serial"))];
  }
  if (transition.state === "run.ended") {
    const { status, manifestHash, error } = transition;
    const type = error === undefined ? "pipeline.completed" : "pipeline.failed";
    return [{ type, status, manifestHash, message: error?.message ?? "" }];
  }
  const step = state.byKey.get(transition.step);
  return step === undefined ? [] : stepEvents(state, step, transition, at - startedAt);
}

function stepEvents(
  state: RunState,
  step: StepProgress,
  transition: Exclude<JournalEntry["transition"], { state: `run.${string}` }>,
  elapsedMs: number,
): readonly UnplacedEvent[] {
  const base = stepFields(state, step);
  switch (transition.state) {
    case "ready":
      return transition.mustWait ? [queued(state, step, "concurrency_limit")] : [];
    case "output":
      return [];
    case "intent":
      return [
        { type: "step.started", ...base },
        { type: "step.progress", ...base, status: "submitted", elapsedMs },
      ];
    case "submitted":
      return [{ type: "step.progress", ...base, status: "processing", elapsedMs }];
    case "succeeded":
      return [
        { type: "step.progress", ...base, status: "succeeded", elapsedMs },
        { type: "step.completed", ...base, elapsedMs, assets: step.output?.assets.length ?? 0 },
      ];
    case "failed":
    case "cancelled": {
      const { code, message } = transition.error;
      const status = transition.state;
      const ended = { type: "step.failed", ...base, status, elapsedMs, errorCode: code, error: message } as const;
      if (step.startedAt === undefined) return [ended];
      return [{ type: "step.progress", ...base, status: "failed", elapsedMs }, ended];
    }
    case "skipped":
      return [{ type: "step.failed", ...base, status: "skipped", elapsedMs, error: skippedText(transition.because) }];
    default:
      return assertNever(transition);
  }
}

/** What every event of a step says of it. */
export function stepFields(state: RunState, { planned, stepId }: StepProgress) {
  return {
    step: planned.step.key,
    stepId,
    stepIndex: planned.index,
    totalSteps: state.steps.length,
    provider: planned.step.provider.name,
    model: planned.step.model,
  };
}

function queued(state: RunState, step: StepProgress, reason: StepQueuedEvent["reason"]): UnplacedEvent {
  return { type: "step.queued", ...stepFields(state, step), reason };
}

export function skippedText(because: string): string {
  return `Skipped, because "${because}" did not succeed.`;
}
