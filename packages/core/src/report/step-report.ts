import { isGate } from "./gate.js";
import type { StepFacts } from "./run-facts.js";
import type { StepReport } from "./run-report.js";
import { timesOf } from "./step-times.js";

/** What the schedule says of a step. */
export interface StepPlace {
  readonly onCriticalPath: boolean;
  readonly slackMs: number;
}

/** The report of one step: its phases, and its place in the schedule. */
export function toStepReport(step: StepFacts, nowMs: number, isParent: boolean, place: StepPlace): StepReport {
  const times = timesOf(step, nowMs);
  const hasNoWork = isParent || isGate(step);
  const { readyMs, startedMs, answeredMs, outputMs, endedMs } = times ?? never;
  return {
    key: step.key,
    parent: step.parent ?? null,
    kind: step.kind,
    provider: step.provider,
    model: step.model,
    state: step.state,
    reason: step.reason ?? null,
    readyMs: times === undefined ? null : readyMs,
    queuedMs: startedMs - readyMs,
    waitingMs: isGate(step) && !isParent ? endedMs - startedMs : 0,
    submitMs: hasNoWork ? 0 : answeredMs - startedMs,
    providerMs: hasNoWork ? 0 : outputMs - answeredMs,
    transferMs: hasNoWork ? 0 : endedMs - outputMs,
    totalMs: endedMs - readyMs,
    attempts: step.attempts,
    cost: step.cost,
    cached: step.cached,
    coldStart: step.coldStart,
    ...place,
  };
}

const never = { readyMs: 0, startedMs: 0, answeredMs: 0, outputMs: 0, endedMs: 0 };

/** How long a step was at work. */
export function runMsOf({ submitMs, providerMs, transferMs }: StepReport): number {
  return submitMs + providerMs + transferMs;
}
