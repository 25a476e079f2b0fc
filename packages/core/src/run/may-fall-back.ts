import type { ErrorCode } from "../errors/error-codes.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { FallbackReason } from "../pipeline/fallback.js";
import { isConnectionLoss } from "../retry/is-connection-loss.js";
import { cancelJob } from "./cancel-job.js";
import type { Lane, StepWork } from "./lane.js";
import { recordRefused } from "./record-end.js";
import { askedOf, isOpenCall, type StepCall } from "./step-calls.js";

/**
 * Codes that speak of a target and its job. Others of the same kinds speak of our own side, like a storage that fails:
 * then the result is there, and another target would be paid for nothing.
 */
const reasons: Readonly<Partial<Record<ErrorCode, FallbackReason>>> = {
  MODEL_ERROR: "model_error",
  OUTPUT_INVALID: "model_error",
  RATE_LIMITED: "rate_limit",
  SERVER_ERROR: "server_error",
  TIMED_OUT: "timeout",
  CONTENT_POLICY: "content_policy",
};

/** Whether a failure is one after which the step wants the next target asked. */
export function isReasonToFallBack({ work: { step }, abort }: Lane, error: unknown): boolean {
  if (abort.signal.aborted) return false;
  if (isPassedOver(error)) return true;
  const reason = reasonOf(error);
  return reason !== undefined && step.fallbackOn.includes(reason);
}

/** Whether the target was not asked at all, since it keeps failing. */
export function isPassedOver(error: unknown): boolean {
  return GenblazeError.isInstance(error) && error.code === "CIRCUIT_OPEN";
}

function reasonOf(error: unknown): FallbackReason | undefined {
  if (GenblazeError.isInstance(error) && error.code !== "UNEXPECTED") return reasons[error.code];
  return isConnectionLoss(error) ? "server_error" : undefined;
}

/**
 * Whether nothing that is paid for is under way at the targets so far any more, so that the next one may be asked. A job
 * that is still known is called back first. A request without an answer counts as over where its key is honoured, or the
 * caller said that it may be paid twice.
 */
export async function isDead({ work }: Lane, error: unknown): Promise<boolean> {
  for (const call of work.progress.calls.filter(isOpenCall)) {
    if (work.run.unrecorded.has(call.idempotencyKey) || !(await isOver(work, call, error))) return false;
  }
  return true;
}

async function isOver(work: StepWork, recorded: StepCall, error: unknown): Promise<boolean> {
  const { run, progress, step: own, abort } = work;
  const { idempotencyKey, attempt, isInDoubt } = recorded;
  const step = askedOf(own, recorded);
  // Nobody can tell, or call back, what was asked of one that is no target any more.
  if (step === undefined) return false;
  if (isInDoubt) return step.provider.honoursIdempotencyKey === true || run.onUnknownSubmit === "resubmit";
  const operation = run.operations.get(idempotencyKey);
  // What this process does not know it cannot call back.
  if (operation === undefined) return recorded.isOperationWhole;
  if (!(await cancelJob(run, progress, step, operation))) return false;
  run.operations.delete(idempotencyKey);
  await recordRefused({ run, progress, step, abort, attempt, idempotencyKey }, error, {});
  return true;
}
