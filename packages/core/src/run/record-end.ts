import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { sanitizeErrorText } from "../errors/sanitize-error-text.js";
import { maskErrorInside } from "./mask-inside.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

/** Writes down that a step failed, or was cancelled with what is around it. */
export async function recordEnd(run: RunContext, progress: StepProgress, thrown: unknown): Promise<void> {
  const { step } = progress.planned;
  const error = maskErrorInside(run, progress, errorFromUnknown(thrown, `Step "${step.key}"`));
  const state = error.code === "CANCELLED" || run.abort.signal.aborted ? "cancelled" : "failed";
  run.errors.set(step.key, error);
  await run.log.record({
    state,
    step: step.key,
    error: { code: error.code, message: sanitizeErrorText(error.message.toWellFormed()) },
    ...(run.operations.has(step.key) ? { hasOpenJob: true } : {}),
  });
}

/** Whether a node ended because something inside it waits for an answer. */
export function isResting(thrown: unknown): boolean {
  return GenblazeError.isInstance(thrown) && thrown.code === "WAITING";
}

/** Thrown through the nodes around a step that waits for an answer. */
export function resting(step: string): GenblazeError {
  const message = `Step "${step}" waits for an answer, so the run rests. Resume it: result.resume({ answers: { "${step}": ... } }).`;
  return new GenblazeError("WAITING", message, { details: { step } });
}
