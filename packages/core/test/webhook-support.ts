import type { Clock } from "../src/provider/clock.js";
import type { Logger } from "../src/provider/logger.js";
import type { RunEvent } from "../src/run/run-events.js";

/** The secret of the specification's own examples. */
export const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** Lets real input and output go on until something is so; the test's own time limit ends what never is. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** A clock that remembers what it was asked to wait. */
export function recordDelays(clock: Clock): { readonly clock: Clock; readonly delays: readonly number[] } {
  const delays: number[] = [];
  const schedule: Clock["schedule"] = (callback, delayMs) => {
    delays.push(delayMs);
    return clock.schedule(callback, delayMs);
  };
  return { clock: { now: () => clock.now(), schedule }, delays };
}

/** A logger that keeps its warnings, as text. */
export function recordWarnings(): { readonly logger: Logger; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const warn: Logger["warn"] = (message, facts) => warnings.push(`${message} ${JSON.stringify(facts)}`);
  return { logger: { debug() {}, info() {}, warn }, warnings };
}

const timestamp = "2026-01-15T12:00:00.250000Z";

export function started(runId = "run-1", sequence = 0): RunEvent {
  return { type: "pipeline.started", sequence, timestamp, runId, pipeline: "poster", totalSteps: 2 };
}

export function progress(sequence: number, runId = "run-1"): RunEvent {
  return { type: "step.progress", sequence, timestamp, runId, ...step, status: "processing", elapsedMs: 10 };
}

export function completed(sequence: number, runId = "run-1"): RunEvent {
  return { type: "step.completed", sequence, timestamp, runId, ...step, elapsedMs: 1_236, ...gave };
}

export function ended(sequence: number, runId = "run-1"): RunEvent {
  const type = "pipeline.completed";
  const manifestHash = "ab".repeat(32);
  return { type, sequence, timestamp, runId, status: "completed", manifestHash, costUsd: 0.5, message: "" };
}

const gave = { assets: 1, outputs: [], costUsd: 0.5 };

export const step = {
  step: "frame",
  stepId: "step-id",
  stepIndex: 0,
  totalSteps: 2,
  provider: "acme",
  model: "m",
} as const;
