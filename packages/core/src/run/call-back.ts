import { GenblazeError } from "../errors/genblaze-error.js";
import type { ProviderStep, StepDefinition } from "../pipeline/definition.js";
import { toJsonSchema } from "../pipeline/output-schema.js";
import { targetOfStep } from "../pipeline/step-target.js";
import { isPrivate } from "../privacy/private-parts.js";
import type { PreparedRequest, Submission } from "../provider/provider.js";
import { type AbortSource, createAbortControl, raceAbort } from "./abort-source.js";
import { askedLast } from "./ask-target.js";
import { callContext } from "./call-context.js";
import { cancelJob } from "./cancel-job.js";
import { operationOf } from "./follow-job.js";
import { openLane, prepareAsked } from "./lane.js";
import { ofAttempt, type ProviderCall } from "./provider-call.js";
import { recordRefused } from "./record-end.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";
import { askedOf, type StepCall, targetOf } from "./step-calls.js";
import { toInput } from "./to-input.js";
import { wordsAsRecorded } from "./words-before.js";

/** Whoever cancels wants an end: so long a provider may take to look for a job. */
const longestLookMs = 10_000;

/**
 * Whether a provider can tell what became of a request without an answer. A key is no help here: what is asked for under
 * it once more, and was not taken before, would be ordered only to be ended.
 */
export function canLook(own: StepDefinition, call: Pick<StepCall, "target">): boolean {
  return own.kind === "provider" && askedOf(own, call)?.provider.reconcile !== undefined;
}

/**
 * Whoever only goes on to cancel wants the jobs of the time before ended as well, those of steps inside nodes too, which
 * are not come to. One in doubt is looked for, where its provider can; else it stays in doubt.
 */
export async function callBack(run: RunContext, progress: StepProgress): Promise<void> {
  const { step: own } = progress.planned;
  if (own.kind !== "provider") return;
  for (const recorded of progress.calls) {
    const { idempotencyKey, attempt, operation, isOperationWhole } = recorded;
    const step = askedOf(own, recorded);
    // A target that is no more has taken its job with it.
    if (step === undefined) continue;
    const call = { run, progress, step, abort: run.abort, attempt, idempotencyKey };
    if (recorded.isInDoubt && canLook(own, recorded)) await callBackInDoubt(run, progress, own, recorded);
    else if (operation !== undefined && isOperationWhole && (await cancelJob(run, progress, step, operation)))
      await recordOver(call);
  }
}

async function recordOver(call: ProviderCall): Promise<void> {
  call.run.operations.delete(call.idempotencyKey);
  await recordRefused(call, call.run.abort.signal.reason, {});
}

async function callBackInDoubt(
  run: RunContext,
  progress: StepProgress,
  own: ProviderStep,
  recorded: StepCall,
): Promise<void> {
  const control = createAbortControl();
  const takeBack = run.runtime.clock.schedule(() => control.abort(tooSlow), longestLookMs);
  try {
    const { call, found } = await lookFor(run, progress, own, recorded, control);
    // Its list may be behind.
    if (found === undefined && call.step.provider.honoursIdempotencyKey === true) return;
    if (found === undefined) await recordRefused(call, run.abort.signal.reason, { isFree: true });
    else if (found.status === "failed") await recordRefused(call, found.error, {});
    // What is there is found again by whoever goes on.
    else if (found.status === "done") return;
    else if (await cancelJob(run, progress, call.step, found.operation)) await recordOver(call);
    else {
      run.operations.set(call.idempotencyKey, found.operation);
      const operation = operationOf(run, call.step, found.operation);
      await run.log.record({ state: "submitted", step: own.key, ...ofAttempt(call), ...operation });
    }
  } catch (thrown) {
    if (GenblazeError.isInstance(thrown) && thrown.code === "JOURNAL_FAILED") throw thrown;
    const message = thrown instanceof Error ? thrown.message : "no Error";
    const logger = run.privacy.loggerOf(own, run.logger);
    logger.warn(`Whether a job of step "${own.key}" is under way could not be found out.`, { message });
  } finally {
    takeBack();
  }
}

async function lookFor(
  run: RunContext,
  progress: StepProgress,
  step: ProviderStep,
  recorded: StepCall,
  abort: AbortSource,
): Promise<{ readonly call: ProviderCall; readonly found: Submission | undefined }> {
  const { attempt, idempotencyKey } = recorded;
  const target = targetOfStep(step, targetOf(recorded));
  const { provider } = target.step;
  const call = { run, progress, step: target.step, abort, attempt, idempotencyKey };
  const prepared = preparedAgain(run, progress, step, recorded, abort);
  const context = callContext(run, progress, abort.signal, call.idempotencyKey);
  const found = await raceAbort(provider.reconcile?.(prepared, context) ?? Promise.resolve(undefined), abort);
  return { call, found };
}

/** As it was sent: by what is recorded, since what a step inside a node reads is not at hand; else by the definition. */
function preparedAgain(
  run: RunContext,
  progress: StepProgress,
  step: ProviderStep,
  recorded: StepCall,
  abort: AbortSource,
): PreparedRequest {
  const inputs = recorded.request.inputs.map((each) => toInput(run, each, abort.signal));
  const target = targetOfStep(step, targetOf(recorded));
  if (isPrivate(step)) {
    const begun = { before: progress.attempts, attempts: progress.attempts };
    return askedLast(openLane({ run, progress, step, abort, inputs, begun }, target.index)).prepared;
  }
  const { model, type, providerOptions, output } = target.step;
  const outputSchema = output === undefined ? undefined : toJsonSchema(output);
  const words = wordsAsRecorded(target.step, recorded.request);
  return prepareAsked(target, { model, type, providerOptions, inputs, outputSchema, ...words }).prepared;
}

const tooSlow = new GenblazeError("TIMED_OUT", `The provider did not say within ${longestLookMs} ms.`);
