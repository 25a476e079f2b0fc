import type { ErrorCode } from "../errors/error-codes.js";
import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { ProviderStep } from "../pipeline/definition.js";
import type { PreparedRequest, ProviderOutput, Submission } from "../provider/provider.js";
import { type AbortSource, raceAbort } from "./abort-source.js";
import { callContext } from "./call-context.js";
import { cancelJob } from "./cancel-job.js";
import { pollUntilDone } from "./poll-until-done.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

/** A call of a step's provider: who asks, under which key, and how long. */
export interface ProviderCall {
  readonly run: RunContext;
  readonly progress: StepProgress;
  readonly step: ProviderStep;
  readonly abort: AbortSource;
  readonly idempotencyKey: string;
}

/** Submits a prepared request. */
export async function submit(call: ProviderCall, prepared: PreparedRequest): Promise<Submission> {
  const { run, progress, step, abort, idempotencyKey } = call;
  const submitting = step.provider.submit(prepared, callContext(run, progress, abort.signal, idempotencyKey));
  return raceAbort(submitting, abort).catch((reason: unknown) => {
    // The provider was asked before the end and may answer after it; what it says then may be paid for.
    if (abort.signal.aborted) {
      const submission = endsJobs(reason) ? calledBack(run, progress, step, submitting) : submitting;
      run.unrecorded.set(
        step.key,
        submission.catch(() => undefined),
      );
    }
    throw reason;
  });
}

/** Follows a job to its end, from where it is. */
export async function follow(call: ProviderCall, submission: Submission): Promise<ProviderOutput> {
  const { run, progress, step, abort, idempotencyKey } = call;
  const context = callContext(run, progress, abort.signal, idempotencyKey);
  const end = await pollUntilDone(step.provider, submission, context, abort, (operation) => {
    run.operations.set(step.key, operation);
    // That of a resumed run is known already.
    if (progress.operation !== undefined) return undefined;
    return run.log.record({ state: "submitted", step: step.key, operation: run.privacy.maskOf(step).json(operation) });
  });
  run.operations.delete(step.key);
  if (end.status === "failed") throw end.error;
  return end.output;
}

/**
 * Lets go of the job that a step has under way: ends it where the reason asks for that, and forgets it where the reason
 * says that there is none any more. A time limit or a network that fails says nothing of the job, and a provider that
 * cannot cancel goes on with it, so it stays known.
 */
export async function letGo(
  run: RunContext,
  progress: StepProgress,
  step: ProviderStep,
  reason: unknown,
): Promise<void> {
  const operation = run.operations.get(step.key);
  if (operation === undefined || !endings.has(errorFromUnknown(reason, "The provider").code)) return;
  const hasEnded = !endsJobs(reason) || (await cancelJob(run, progress, step, operation));
  if (hasEnded) run.operations.delete(step.key);
}

const endings: ReadonlySet<ErrorCode> = new Set(["CANCELLED", "JOURNAL_FAILED", "MODEL_ERROR", "INVALID_INPUT"]);

/** What is answered after a cancel: a job is called back where that goes, and a result that is there is a result. */
async function calledBack(
  run: RunContext,
  progress: StepProgress,
  step: ProviderStep,
  submitting: Promise<Submission>,
): Promise<Submission | undefined> {
  const late = await submitting;
  const hasEnded = late.status === "pending" && (await cancelJob(run, progress, step, late.operation));
  return hasEnded ? undefined : late;
}

// The caller's cancel ends a job, and so does a journal that could not remember it.
function endsJobs(reason: unknown): boolean {
  return GenblazeError.isInstance(reason) && (reason.code === "CANCELLED" || reason.code === "JOURNAL_FAILED");
}
