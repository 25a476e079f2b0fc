import { GenblazeError } from "../errors/genblaze-error.js";
import type { ProviderStep } from "../pipeline/definition.js";
import type { PreparedRequest, Submission } from "../provider/provider.js";
import { isRejected } from "../retry/is-rejected.js";
import { raceAbort } from "./abort-source.js";
import { callContext } from "./call-context.js";
import { cancelJob } from "./cancel-job.js";
import { findAfterFailure, refusedUnderKey } from "./find-job.js";
import { webhookUrlOf } from "./follow-job.js";
import type { ProviderCall } from "./provider-call.js";
import { recordRefused } from "./record-end.js";
import type { RunContext } from "./run-context.js";
import type { LateAnswer } from "./run-memory.js";
import type { StepProgress } from "./run-state.js";
import { askedOf } from "./step-calls.js";

/**
 * Submits a prepared request. SUBMIT_UNKNOWN when it failed in a way that leaves open whether the provider took the job,
 * and the provider has no means to find out. `mayBeTaken`: it was asked under this key before, without an answer.
 */
export async function submit(call: ProviderCall, prepared: PreparedRequest, mayBeTaken = false): Promise<Submission> {
  const { run, progress, step, abort, idempotencyKey } = call;
  if (abort.signal.aborted) {
    if (mayBeTaken) throw abort.signal.reason;
    await recordRefused(call, abort.signal.reason, { isFree: true });
    throw abort.signal.reason;
  }
  const webhookUrl = webhookUrlOf(call);
  const context = callContext(run, progress, abort.signal, idempotencyKey, step);
  const submitting = step.provider.submit(prepared, webhookUrl === undefined ? context : { ...context, webhookUrl });
  try {
    const submission = await raceAbort(submitting, abort);
    if (submission.status === "failed") await recordRefused(call, submission.error, {});
    return submission;
  } catch (reason) {
    // The provider was asked before the end and may answer after it; what it says then may be paid for.
    if (abort.signal.aborted) {
      run.unrecorded.set(idempotencyKey, lateAnswer(call, submitting, endsJobs(reason)));
      throw reason;
    }
    if (!isRejected(reason)) return findAfterFailure(call, prepared, reason);
    // A refusal of now says nothing of what was asked under the same key before.
    if (mayBeTaken) throw refusedUnderKey(call, reason);
    await recordRefused(call, reason, { isFree: true });
    throw reason;
  }
}

/** Ends the jobs that a step has under way, where the reason asks for that; what cannot be ended stays known. */
export async function letGo(
  run: RunContext,
  progress: StepProgress,
  step: ProviderStep,
  reason: unknown,
): Promise<void> {
  if (!endsJobs(reason)) return;
  for (const call of progress.calls) {
    const operation = run.operations.get(call.idempotencyKey);
    const asked = askedOf(step, call);
    if (operation === undefined || asked === undefined) continue;
    if (await cancelJob(run, progress, asked, operation)) run.operations.delete(call.idempotencyKey);
  }
}

/** What is answered after the end: a job is called back where that goes and is meant, and a result that is there is a result. */
async function lateAnswer(
  { run, progress, step }: ProviderCall,
  submitting: Promise<Submission>,
  isCalledBack: boolean,
): Promise<LateAnswer> {
  try {
    const late = await submitting;
    if (!isCalledBack || late.status !== "pending") return late;
    return (await cancelJob(run, progress, step, late.operation)) ? { status: "over" } : late;
  } catch (reason) {
    return { status: isRejected(reason) ? "over" : "unknown" };
  }
}

// The caller's cancel ends a job, and so does a journal that could not remember it.
function endsJobs(reason: unknown): boolean {
  return GenblazeError.isInstance(reason) && (reason.code === "CANCELLED" || reason.code === "JOURNAL_FAILED");
}
