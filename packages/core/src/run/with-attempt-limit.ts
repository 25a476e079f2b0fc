import { GenblazeError } from "../errors/genblaze-error.js";
import type { ProviderStep } from "../pipeline/definition.js";
import type { Clock } from "../provider/clock.js";
import { type AbortSource, followAbort } from "./abort-source.js";

/** What {@link withAttemptLimit} needs to know. */
export interface AttemptLimit {
  readonly step: Pick<ProviderStep, "key" | "attemptTimeoutMs">;
  readonly timers: Clock;
  /** That of the step. */
  readonly abort: AbortSource;
}

/**
 * Does one attempt of a step within its `attemptTimeoutMs`: the source that the work is given aborts when that time is
 * up, with TIMED_OUT, or with the step. What the attempt began is let go of as at the step's own limit, not ended.
 */
export async function withAttemptLimit<T>(
  { step, timers, abort }: AttemptLimit,
  work: (abort: AbortSource) => Promise<T>,
): Promise<T> {
  const { key, attemptTimeoutMs } = step;
  if (attemptTimeoutMs === undefined) return work(abort);
  const attempt = followAbort(abort);
  const takeBack = timers.schedule(() => attempt.abort(timedOut(key, attemptTimeoutMs)), attemptTimeoutMs);
  const endsAt = Math.min(abort.endsAt ?? Number.POSITIVE_INFINITY, timers.now() + attemptTimeoutMs);
  try {
    return await work({ ...attempt, endsAt });
  } catch (thrown) {
    throw attempt.signal.aborted ? attempt.signal.reason : thrown;
  } finally {
    takeBack();
    attempt.close();
  }
}

function timedOut(step: string, attemptTimeoutMs: number): GenblazeError {
  return new GenblazeError(
    "TIMED_OUT",
    `Step "${step}": its attempt took longer than its limit of ${attemptTimeoutMs} ms, and is not waited for any more. Resume the run to go on with it, raise attemptTimeoutMs, or choose a faster model.`,
    { details: { step, limit: "attempt", attemptTimeoutMs } },
  );
}
