import type { StepFacts } from "./run-facts.js";

/** The points in time of a step, each at or after the one before. */
export interface StepTimes {
  readonly readyMs: number;
  readonly startedMs: number;
  readonly answeredMs: number;
  readonly outputMs: number;
  readonly endedMs: number;
}

/**
 * The times of a step without gaps: what has not happened yet happens now (`nowMs`), and a time before the one
 * that it follows is moved up to it. Undefined for a step that is not known to have come to its turn.
 */
export function timesOf(step: StepFacts, nowMs: number): StepTimes | undefined {
  const first = step.readyMs ?? step.startedMs ?? step.endedMs;
  if (first === undefined) return undefined;
  const last = Math.max(first, step.endedMs ?? nowMs);
  const within = (value: number, from: number) => Math.min(last, Math.max(from, value));
  const startedMs = within(step.startedMs ?? (hasBegun(step) ? first : last), first);
  const answeredMs = within(step.answeredMs ?? startedMs, startedMs);
  const outputMs = within(step.outputMs ?? last, answeredMs);
  return { readyMs: first, startedMs, answeredMs, outputMs, endedMs: last };
}

/** Whether a step came to its submit, or to its output without one. */
export function hasBegun(step: StepFacts): boolean {
  return step.startedMs !== undefined || step.cached || step.state === "succeeded" || step.state === "running";
}

/** The run's time so far: never before the last thing that is known to have happened. */
export function nowOf(elapsedMs: number, steps: readonly StepFacts[]): number {
  let now = elapsedMs;
  for (const step of steps) {
    const { readyMs = 0, startedMs = 0, answeredMs = 0, outputMs = 0, endedMs = 0 } = step;
    now = Math.max(now, readyMs, startedMs, answeredMs, outputMs, endedMs);
  }
  return now;
}
