import { assertNever } from "../internal/assert-never.js";
import type { JournalEntry } from "../journal/journal.js";
import type { UnplacedEvent } from "./event-teller.js";
import { findGroup } from "./expand-body.js";
import type { StepQueuedEvent } from "./run-events.js";
import type { RunState, StepProgress } from "./run-state.js";
import { assetsOf } from "./step-assets.js";
import { callOfEntry } from "./step-calls.js";
import { costOfStep, costOfSteps } from "./step-cost.js";
import { outputsOf } from "./step-outputs.js";
import type { CacheStatus, PlannedIdentity, RecordedTarget, RunEndStatus, SkipReason } from "./transitions.js";

/** The events that a journal entry stands for; the state already includes the entry. */
export function eventsOf(
  state: RunState,
  { transition, at }: JournalEntry,
  startedAt: number,
): readonly UnplacedEvent[] {
  if (transition.state === "run.planned" || transition.state === "run.resumed") {
    const { name } = state.plan.definition;
    const type = transition.state === "run.planned" ? "pipeline.started" : "pipeline.resumed";
    const waiting = state.root.steps.filter((step) => isOpen(step) && step.planned.waitsFor.length > 0);
    return [
      { type, pipeline: name, totalSteps: state.byKey.size },
      ...waiting.map((step) => queued(state, step, "serial")),
    ];
  }
  if (transition.state === "run.ended") {
    const { status, manifestHash, error } = transition;
    const type = endType(status, error);
    return [{ type, status, manifestHash, costUsd: costOfRun(state), message: error?.message ?? "" }];
  }
  const step = state.byKey.get(transition.step);
  return step === undefined ? [] : stepEvents(state, step, transition, at - startedAt);
}

/** What a run cost so far, in US dollars; null when that is not known. */
export function costOfRun({ root }: RunState): number | null {
  return costOfSteps(root.steps).usd;
}

/** A run that waits for an answer has ended as it should. */
export function endType(status: RunEndStatus, error: unknown): "pipeline.completed" | "pipeline.failed" {
  return error === undefined || status === "waiting" ? "pipeline.completed" : "pipeline.failed";
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
    case "loaded":
    case "output":
    case "refused":
    case "yielded":
    case "resting":
    case "unanswered":
      return [];
    case "entered":
      return [{ type: "step.started", ...base }];
    case "expanded":
      return expandedEvents(state, step, transition, base);
    case "decided": {
      const { value, reason } = transition.decision;
      return [{ type: "step.decided", ...base, name: transition.name, value, reason }];
    }
    case "waiting":
      return [{ type: "step.waiting", ...base, question: transition.question }];
    case "answered":
      return [{ type: "step.answered", ...base, answer: transition.answer }];
    case "retried": {
      const { error, ...retry } = transition.retry;
      return [{ type: "step.retried", ...base, ...retry, errorCode: error.code, error: error.message }];
    }
    case "rejected": {
      const { by, reason } = transition.rejection;
      return [{ type: "step.rejected", ...base, attempt: step.rejected.length, by, reason }];
    }
    case "fell-back":
      return [fallback(transition, base)];
    case "outrun": {
      const { isCancelled, attempt } = transition;
      const loser = askedBy(step, callOfEntry(step.calls, attempt)?.target);
      return [{ type: "step.outrun", ...base, loser, isCancelled }];
    }
    case "intent":
      if (transition.isHedge === true) {
        return [{ type: "step.hedged", ...base, beside: askedBy(step, transition.target) }];
      }
      return [
        ...(transition.attempt > step.attemptsBefore + 1 ? [] : [{ type: "step.started", ...base } as const]),
        { type: "step.progress", ...base, status: "submitted", elapsedMs },
      ];
    case "cached":
    case "retaken":
      return [{ type: "step.started", ...base }];
    case "submitted":
      return [{ type: "step.progress", ...base, status: "processing", elapsedMs }];
    case "succeeded":
      return [
        ...(step.planned.step.kind === "node" || transition.cache === "hit"
          ? []
          : [{ type: "step.progress", ...base, status: "succeeded", elapsedMs } as const]),
        completed(step, transition.cache, base, elapsedMs),
      ];
    case "failed":
    case "cancelled":
      return endedEvents(step, transition, base, elapsedMs);
    case "skipped":
      return [{ type: "step.failed", ...base, status: "skipped", elapsedMs, error: skippedText(transition.because) }];
    default:
      return assertNever(transition);
  }
}

function fallback(
  { from, error, isPassedOver }: Extract<JournalEntry["transition"], { state: "fell-back" }>,
  base: ReturnType<typeof stepFields>,
): UnplacedEvent {
  const asked = { provider: from.provider, model: from.model };
  const why = { errorCode: error.code, error: error.message, isPassedOver: isPassedOver === true };
  return { type: "step.fallback", ...base, from: asked, ...why };
}

function endedEvents(
  step: StepProgress,
  { state: status, error: { code, message } }: Extract<JournalEntry["transition"], { state: "failed" | "cancelled" }>,
  base: ReturnType<typeof stepFields>,
  elapsedMs: number,
): readonly UnplacedEvent[] {
  const ended = { type: "step.failed", ...base, status, elapsedMs, errorCode: code, error: message } as const;
  if (step.startedAt === undefined || step.planned.step.kind === "node") return [ended];
  return [{ type: "step.progress", ...base, status: "failed", elapsedMs }, ended];
}

function completed(
  step: StepProgress,
  cache: CacheStatus | undefined,
  base: ReturnType<typeof stepFields>,
  elapsedMs: number,
): UnplacedEvent {
  const { usd } = costOfStep(step);
  const facts = { elapsedMs, assets: assetsOf(step).length, outputs: outputsOf(step), costUsd: usd };
  return { type: "step.completed", ...base, ...facts, ...(cache === undefined ? {} : { cache }) };
}

function expandedEvents(
  state: RunState,
  step: StepProgress,
  { group, steps }: Extract<JournalEntry["transition"], { state: "expanded" }>,
  base: ReturnType<typeof stepFields>,
): readonly UnplacedEvent[] {
  const item = group.item === undefined ? {} : { item: group.item };
  const waiting = findGroup(step, group)?.scope?.steps.filter(({ planned }) => planned.waitsFor.length > 0) ?? [];
  return [
    { type: "step.expanded", ...base, body: group.body, ...item, steps: steps.map(named) },
    ...waiting.map((inner) => queued(state, inner, "serial")),
  ];
}

function named({ step, stepId }: PlannedIdentity): Pick<PlannedIdentity, "step" | "stepId"> {
  return { step, stepId };
}

/** A target as events name it. */
function askedBy({ planned: { step } }: StepProgress, target: RecordedTarget | undefined) {
  const { provider, model } = target ?? { provider: step.provider.name, model: step.model };
  return { provider, model };
}

/** What every event of a step says of it. */
export function stepFields(state: RunState, progress: StepProgress) {
  const { planned, stepId, index } = progress;
  return {
    step: planned.step.key,
    stepId,
    stepIndex: index,
    totalSteps: state.byKey.size,
    ...askedBy(progress, progress.target),
  };
}

function queued(state: RunState, step: StepProgress, reason: StepQueuedEvent["reason"]): UnplacedEvent {
  return { type: "step.queued", ...stepFields(state, step), reason };
}

function isOpen({ state }: StepProgress): boolean {
  return state === "planned";
}

export function skippedText(because: SkipReason): string {
  return because.kind === "choice"
    ? `Skipped: ${because.reason}`
    : `Skipped, because "${because.step}" did not succeed.`;
}
