import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";
import type { ProviderStep } from "../pipeline/definition.js";
import type { PreparedRequest, ProviderOutput, Submission } from "../provider/provider.js";
import { type AbortSource, raceAbort } from "./abort-source.js";
import { callContext } from "./call-context.js";
import { cancelJob } from "./cancel-job.js";
import { pollUntilDone } from "./poll-until-done.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

/** Submits a prepared request and follows its job to the end. */
export async function askProvider(
  run: RunContext,
  progress: StepProgress,
  step: ProviderStep,
  prepared: PreparedRequest,
  abort: AbortSource,
  idempotencyKey: string,
): Promise<ProviderOutput> {
  const context = callContext(run, progress, abort.signal, idempotencyKey);
  const submitting = step.provider.submit(prepared, context);
  const submission = await raceAbort(submitting, abort).catch((reason: unknown) => {
    if (abort.signal.aborted && endsJobs(reason)) void cancelLate(run, progress, step, submitting);
    throw reason;
  });
  return pollUntilDone(step.provider, submission, context, abort, (operation: JsonValue) => {
    run.operations.set(progress, operation);
    return run.log.record({ state: "submitted", step: step.key, operation: run.privacy.maskOf(step).json(operation) });
  });
}

/** Follows a job that was submitted before to its end. */
export async function followJob(
  run: RunContext,
  progress: StepProgress,
  step: ProviderStep,
  operation: JsonValue,
  abort: AbortSource,
  idempotencyKey: string,
): Promise<ProviderOutput> {
  run.operations.set(progress, operation);
  const context = callContext(run, progress, abort.signal, idempotencyKey);
  return pollUntilDone(step.provider, { status: "pending", operation }, context, abort, () => undefined);
}

/** Ends the job that a step has under way, where the reason for its end asks for that. */
export async function callBack(
  run: RunContext,
  progress: StepProgress,
  step: ProviderStep,
  reason: unknown,
): Promise<void> {
  const operation = run.operations.get(progress);
  if (endsJobs(reason) && operation !== undefined) await cancelJob(run, progress, step, operation);
}

// The provider was asked before the cancel and answers after it: that job is called back too.
async function cancelLate(
  run: RunContext,
  progress: StepProgress,
  step: ProviderStep,
  submitting: Promise<Submission>,
): Promise<void> {
  const late = await submitting.catch(() => undefined);
  if (late?.status === "pending") await cancelJob(run, progress, step, late.operation);
}

// A time limit only detaches from a job, which may still end well; the caller's cancel ends it, and so does a
// journal that could not remember it.
function endsJobs(reason: unknown): boolean {
  return GenblazeError.isInstance(reason) && (reason.code === "CANCELLED" || reason.code === "JOURNAL_FAILED");
}
