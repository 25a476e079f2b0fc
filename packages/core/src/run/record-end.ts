import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { sanitizeErrorText } from "../errors/sanitize-error-text.js";
import { targetOfStep } from "../pipeline/step-target.js";
import { maskErrorInside } from "./mask-inside.js";
import { ofAttempt, type ProviderCall } from "./provider-call.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";
import { targetOf } from "./step-calls.js";
import { submitUnknown } from "./submit-unknown.js";
import type { RecordedError } from "./transitions.js";

/** Writes down that a step failed, or was cancelled with what is around it. */
export async function recordEnd(run: RunContext, progress: StepProgress, thrown: unknown): Promise<void> {
  const { step } = progress.planned;
  const error = doubtOf(progress, toStepError(run, progress, thrown));
  const state = error.code === "CANCELLED" || run.abort.signal.aborted ? "cancelled" : "failed";
  run.errors.set(step.key, error);
  await run.log.record({
    state,
    step: step.key,
    error: asRecorded(error),
    ...(hasOpenJob(run, progress) ? { hasOpenJob: true } : {}),
  });
}

/** Of a step that is cancelled while nobody knows whether a job of an earlier turn is under way, that is said. */
function doubtOf({ planned: { step }, calls, attemptsBefore }: StepProgress, error: GenblazeError): GenblazeError {
  if (error.code !== "CANCELLED" || step.kind !== "provider") return error;
  const call = calls.find(({ isInDoubt, attempt }) => isInDoubt && attempt <= attemptsBefore);
  if (call === undefined) return error;
  const asked = targetOfStep(step, targetOf(call)).step;
  return submitUnknown({ step: asked, idempotencyKey: call.idempotencyKey }, error);
}

/** Writes down that what was asked for is over without an output. */
export async function recordRefused(
  call: ProviderCall,
  reason: unknown,
  facts: { readonly isFree?: true },
): Promise<void> {
  const { run, progress, step } = call;
  const error = toRecordedError(run, progress, reason);
  await run.log.record({ state: "refused", step: step.key, ...ofAttempt(call), error, ...facts });
  // What a job that failed cost is not known.
  if (facts.isFree === true) run.spending.release(call.idempotencyKey);
  else run.spending.settle(call.idempotencyKey, null);
}

/** What was thrown, as the journal may have it. */
export function toRecordedError(run: RunContext, progress: StepProgress, thrown: unknown): RecordedError {
  return asRecorded(toStepError(run, progress, thrown));
}

function toStepError(run: RunContext, progress: StepProgress, thrown: unknown): GenblazeError {
  return maskErrorInside(run, progress, errorFromUnknown(thrown, `Step "${progress.planned.step.key}"`));
}

function asRecorded({ code, message }: GenblazeError): RecordedError {
  return { code, message: sanitizeErrorText(message.toWellFormed()) };
}

/** Of a job whose operation lacks words, this process knows no more than that it is there. */
function hasOpenJob({ operations }: RunContext, { calls }: StepProgress): boolean {
  return calls.some(
    ({ idempotencyKey, operation, isOperationWhole }) =>
      operations.has(idempotencyKey) || (operation !== undefined && !isOperationWhole),
  );
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
