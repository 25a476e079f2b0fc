import { GenblazeError } from "../errors/genblaze-error.js";
import { type RetryPhase, withRetry } from "../retry/with-retry.js";
import { accountOf } from "./account-of.js";
import type { ProviderCall } from "./provider-call.js";
import { toRecordedError } from "./record-end.js";

/**
 * Does one phase of a step, and does it again as its policy says. What would be tried again after the step's time is up
 * fails at once, with what failed.
 */
export function retrying<T>(
  { run, progress, step, abort }: ProviderCall,
  phase: RetryPhase,
  mayRetry: ((error: unknown) => boolean) | undefined,
  work: (attempt: number) => Promise<T>,
): Promise<T> {
  const { timers: clock, random } = run.runtime;
  const policy = step.retry ?? run.runtime.retry;
  return withRetry(work, {
    phase,
    policy,
    clock,
    random,
    signal: abort.signal,
    mayRetry,
    async onRetry({ attempt, error, delayMs }) {
      // What one is told holds for all who ask the same account.
      if (isRateLimit(error)) run.runtime.limits.pause({ account: accountOf(step), model: step.model }, delayMs);
      if (clock.now() + delayMs >= (abort.endsAt ?? Number.POSITIVE_INFINITY)) throw error;
      const recorded = toRecordedError(run, progress, error);
      const retry = { phase, attempt, maxAttempts: policy.maxAttempts, delayMs, error: recorded };
      await run.log.record({ state: "retried", step: step.key, retry });
    },
  });
}

function isRateLimit(error: unknown): boolean {
  return GenblazeError.isInstance(error) && error.code === "RATE_LIMITED" && error.retryAfterMs !== undefined;
}
