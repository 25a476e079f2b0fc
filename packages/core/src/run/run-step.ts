import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { sanitizeErrorText } from "../errors/sanitize-error-text.js";
import type { JsonValue } from "../json/json-value.js";
import { buildRequest, recordedRequest } from "../pipeline/step-request.js";
import type { CallContext } from "../provider/call-context.js";
import type { InputAsset, PreparedRequest, ProviderOutput, StepRequest, Submission } from "../provider/provider.js";
import { type AbortSource, raceAbort } from "./abort-source.js";
import { cancelJob } from "./cancel-job.js";
import { collectOutput, readValue } from "./collect-output.js";
import { stepFields } from "./events-of.js";
import type { RecordedRequest } from "./journal.js";
import { pollUntilDone } from "./poll-until-done.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";
import { openStepScope } from "./step-scope.js";

const progressIntervalMs = 100;

/**
 * Does one step: resolve, prepare, submit, poll, keep the output; each state is in the journal before the next
 * begins. True when it succeeded. Throws only JOURNAL_FAILED.
 */
export async function runStep(run: RunContext, progress: StepProgress): Promise<boolean> {
  const { step } = progress.planned;
  const scope = openStepScope(run, step);
  try {
    scope.signal.throwIfAborted();
    const request = buildRequest(step, inputsOf(run, progress, scope.signal), (source) => readSource(run, source));
    run.privacy.learn(step, recordedRequest(request));
    const prepared = step.provider.prepare(request);
    const idempotencyKey = `${run.state.runId}/${progress.stepId}`;
    const record = run.privacy.conceal(step, progress.planned.index, recorded(request, prepared));
    await run.log.record({ state: "intent", step: step.key, idempotencyKey, request: record });
    const output = await obtain(run, progress, prepared, scope, idempotencyKey);
    await run.log.record({ state: "output", step: step.key, output: await collectOutput(run, step, output) });
    // What was paid for is written down before it is judged.
    run.values.set(step.key, await readValue(step, output));
    await run.log.record({ state: "succeeded", step: step.key });
    return true;
  } catch (thrown) {
    const reason: unknown = scope.signal.aborted ? scope.signal.reason : thrown;
    await callBack(run, progress, reason);
    if (isJournalFailure(reason)) throw reason;
    await recordEnd(run, progress, reason);
    return false;
  } finally {
    run.operations.delete(progress);
    scope.close();
  }
}

async function obtain(
  run: RunContext,
  progress: StepProgress,
  prepared: PreparedRequest,
  abort: AbortSource,
  idempotencyKey: string,
): Promise<ProviderOutput> {
  const { step } = progress.planned;
  const context = callContext(run, progress, abort.signal, idempotencyKey);
  const submitting = step.provider.submit(prepared, context);
  const submission = await raceAbort(submitting, abort).catch((reason: unknown) => {
    if (abort.signal.aborted && endsJobs(reason)) void cancelLate(run, progress, submitting);
    throw reason;
  });
  return pollUntilDone(step.provider, submission, context, abort, (operation: JsonValue) => {
    run.operations.set(progress, operation);
    return run.log.record({ state: "submitted", step: step.key, operation: run.privacy.maskOf(step).json(operation) });
  });
}

// What cannot be written down ends the run, not only the step.
function isJournalFailure(thrown: unknown): boolean {
  return GenblazeError.isInstance(thrown) && thrown.code === "JOURNAL_FAILED";
}

// The provider was asked before the cancel and answers after it: that job is called back too.
async function cancelLate(run: RunContext, progress: StepProgress, submitting: Promise<Submission>): Promise<void> {
  const late = await submitting.catch(() => undefined);
  if (late?.status === "pending") await cancelJob(run, progress, late.operation);
}

async function callBack(run: RunContext, progress: StepProgress, reason: unknown): Promise<void> {
  const operation = run.operations.get(progress);
  if (endsJobs(reason) && operation !== undefined) await cancelJob(run, progress, operation);
}

// A time limit only detaches from a job, which may still end well; the caller's cancel ends it, and so does a
// journal that could not remember it.
function endsJobs(reason: unknown): boolean {
  return GenblazeError.isInstance(reason) && (reason.code === "CANCELLED" || reason.code === "JOURNAL_FAILED");
}

async function recordEnd(run: RunContext, { planned }: StepProgress, thrown: unknown): Promise<void> {
  const error = run.privacy.errorOf(planned.step, errorFromUnknown(thrown, `Step "${planned.step.key}"`));
  const state = error.code === "CANCELLED" || run.abort.signal.aborted ? "cancelled" : "failed";
  run.errors.set(planned.step.key, error);
  await run.log.record({
    state,
    step: planned.step.key,
    error: { code: error.code, message: sanitizeErrorText(error.message.toWellFormed()) },
  });
}

function readSource(run: RunContext, source: string): unknown {
  if (source === "input") return run.input;
  const progress = run.state.byKey.get(source);
  if (progress?.planned.step.provider.yields === "text") return run.values.get(source);
  return (progress?.output?.assets ?? []).map(run.privacy.assetAsGiven);
}

function inputsOf(run: RunContext, { planned }: StepProgress, signal: AbortSignal): readonly InputAsset[] {
  return planned.inputs.flatMap(({ from, role }) => {
    const source = run.state.steps[from];
    const assets = (source?.output?.assets ?? []).map(run.privacy.assetAsGiven);
    const step = source?.planned.step.key ?? "";
    return assets.map((asset) => ({ role, step, asset, read: () => run.spool.read(asset, signal) }));
  });
}

function recorded(request: StepRequest, prepared: PreparedRequest): RecordedRequest {
  const inputs = request.inputs.map((input) => input.asset);
  return { ...recordedRequest(request), inputs, warnings: prepared.warnings ?? [] };
}

function callContext(
  run: RunContext,
  progress: StepProgress,
  signal: AbortSignal,
  idempotencyKey: string,
): CallContext {
  const { clock, fetch, random } = run.runtime;
  const mask = run.privacy.maskOf(progress.planned.step);
  let reportedAt = Number.NEGATIVE_INFINITY;
  return {
    signal,
    fetch,
    clock,
    random,
    idempotencyKey,
    logger: run.privacy.loggerOf(progress.planned.step, run.logger),
    onProgress({ fraction, message }) {
      const now = clock.now();
      // A provider may report every frame; readers see ten reports a second.
      if (progress.state !== "running" || now - reportedAt < progressIntervalMs) return;
      reportedAt = now;
      const known = {
        ...(fraction === undefined ? {} : { fraction }),
        ...(message === undefined ? {} : { message: mask.text(message) }),
      };
      const elapsedMs = now - run.log.startedAt;
      run.log.report({
        type: "step.progress",
        ...stepFields(run.state, progress),
        status: "processing",
        elapsedMs,
        ...known,
      });
    },
  };
}
