import { GenblazeError } from "../errors/genblaze-error.js";
import type { PreparedRequest, Submission } from "../provider/provider.js";
import { raceAbort } from "./abort-source.js";
import { callContext } from "./call-context.js";
import type { ProviderCall } from "./provider-call.js";
import { recordRefused } from "./record-end.js";
import { submitUnknown } from "./submit-unknown.js";

/**
 * The job of a request that failed in this process without saying whether it was taken. Throws the failure itself when
 * there surely is no job, or asking again under the same key is harmless; else SUBMIT_UNKNOWN.
 */
export async function findAfterFailure(
  call: ProviderCall,
  prepared: PreparedRequest,
  reason: unknown,
): Promise<Submission> {
  const { run, step } = call;
  const { provider } = step;
  // Its own key finds the job, or is a list behind.
  if (provider.honoursIdempotencyKey === true) throw reason;
  if (provider.reconcile !== undefined) {
    const found = await findJob(call, prepared, reason);
    if (found !== undefined) return found;
    throw reason;
  }
  if (run.onUnknownSubmit === "resubmit") throw reason;
  throw submitUnknown(call, reason);
}

/** Asks the provider for the job; what surely is not there is written down as refused. */
export async function findJob(
  call: ProviderCall,
  prepared: PreparedRequest,
  reason: unknown,
): Promise<Submission | undefined> {
  const { run, progress, step, abort, idempotencyKey } = call;
  const context = callContext(run, progress, abort.signal, idempotencyKey, step);
  const looking = step.provider.reconcile?.(prepared, context) ?? Promise.resolve(undefined);
  const found = await raceAbort(looking, abort).catch((thrown: unknown) => {
    if (abort.signal.aborted) throw thrown;
    throw submitUnknown(call, thrown);
  });
  if (found !== undefined && found.status !== "failed") return found;
  const why = reason ?? new GenblazeError("SERVER_ERROR", "The request did not reach the provider.");
  await recordRefused(call, found?.error ?? why, found === undefined ? { isFree: true } : {});
  return found;
}

/**
 * A refusal of a request that was asked for under the same key before, without an answer: it stays in doubt, and a
 * resume asks the same again. One that may pass is given as it is.
 */
export function refusedUnderKey({ step, idempotencyKey }: ProviderCall, reason: unknown): unknown {
  if (!GenblazeError.isInstance(reason) || reason.isRetryable) return reason;
  const { code, message, isRetryable, details } = reason;
  const { key, provider, model } = step;
  const advice = `Step "${key}" had asked ${provider.name}/${model} under the same key before, without an answer: whether that was taken is not known. Look at the jobs of your account there; to ask anew under another key, which could pay twice, resume the run with from: "${key}".`;
  return new GenblazeError(code, `${message} ${advice}`, {
    cause: reason,
    isRetryable,
    details: { ...details, step: key, idempotencyKey },
  });
}
