import { GenblazeError } from "../errors/genblaze-error.js";
import type { ProviderStep } from "../pipeline/definition.js";
import type { PreparedRequest, StepRequest, Submission } from "../provider/provider.js";
import { type AbortSource, createAbortControl, raceAbort } from "./abort-source.js";
import type { KeptOutput } from "./cached-step.js";
import { isAskedAgain } from "./is-asked-again.js";
import { type ProviderCall, recordedCall } from "./provider-call.js";
import type { RunContext } from "./run-context.js";
import type { LateAnswer } from "./run-memory.js";
import type { StepProgress } from "./run-state.js";
import { settleDoubt } from "./settle-doubt.js";
import { isOpenCall } from "./step-calls.js";

/** A provider that was told to end, and has not answered by then, is not waited for. */
const longestLateMs = 60_000;

/**
 * What the step made in the time before and nobody has judged yet. It is none when the step asks for something else now,
 * or when a text is not at hand.
 */
export async function paidBefore(
  run: RunContext,
  progress: StepProgress,
  step: ProviderStep,
  request: StepRequest,
  abort: AbortSource,
): Promise<KeptOutput | undefined> {
  const { output, cache } = progress;
  // What equal work gave is looked for in the cache again: where it is not wanted any more, the step asks itself.
  const made = progress.calls.findLast((call) => call.output === output);
  if (output === undefined || cache === "hit" || !isAskedAgain(run, progress, made, step, request)) return undefined;
  if (step.provider.yields !== "text") return { given: {}, kept: output };
  const [asset] = output.assets.map(run.privacy.assetAsGiven);
  if (asset === undefined || !run.spool.has(asset)) return undefined;
  const bytes = await raceAbort(run.spool.read(asset, abort.signal), abort);
  return { given: { text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) }, kept: output };
}

/**
 * What the step's provider was asked in the time before: an answer that came too late or could not be kept, a job that
 * may still be under way, or one of which that is not known. It is none when the step asks for something else now.
 */
export async function askedBefore(
  call: ProviderCall,
  request: StepRequest,
  prepared: PreparedRequest,
): Promise<Submission | undefined> {
  const { run, progress, step, abort, idempotencyKey } = call;
  const { provider } = step;
  const recorded = recordedCall(call);
  const unrecorded = run.unrecorded.get(idempotencyKey);
  if (unrecorded === undefined && (recorded === undefined || !isOpenCall(recorded))) return undefined;
  if (!isAskedAgain(run, progress, recorded, step, request)) return undefined;
  const late = unrecorded && (await lateAnswer(run, unrecorded, abort));
  if (late?.status === "pending" || late?.status === "done") return late;
  run.unrecorded.delete(idempotencyKey);
  // What was refused then is asked for anew.
  if (late?.status === "failed" || late?.status === "over") return undefined;
  if (recorded?.isInDoubt === true) return settleDoubt(call, prepared);
  if (provider.poll === undefined || recorded?.operation === undefined) return undefined;
  // In the journal the one of a private step may lack words.
  const known = run.operations.get(idempotencyKey) ?? (recorded.isOperationWhole ? recorded.operation : undefined);
  if (known === undefined) return settleDoubt(call, prepared);
  return { status: "pending", operation: known };
}

/** It is waited for as long as a provider may take to answer what it was told to end. */
async function lateAnswer(
  { runtime }: RunContext,
  answer: Promise<LateAnswer>,
  abort: AbortSource,
): Promise<LateAnswer> {
  const control = createAbortControl();
  const forget = abort.onAbort(() => control.abort(abort.signal.reason));
  const takeBack = runtime.clock.schedule(() => control.abort(neverAnswered), longestLateMs);
  try {
    return await raceAbort(answer, control);
  } catch (reason) {
    if (reason !== neverAnswered) throw reason;
    return { status: "unknown" };
  } finally {
    takeBack();
    forget();
  }
}

const neverAnswered = new GenblazeError("TIMED_OUT", "The provider has not answered the request of the time before.");
