import type { RetryPolicy } from "./retry-policy.js";

/** What a wait depends on besides policy and attempt. */
export interface RetryDelayOptions {
  /** What the provider asked for, in milliseconds. @default it asked for nothing */
  readonly retryAfterMs?: number | undefined;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * The wait in milliseconds after a failed attempt, of which the first is 1. What the provider asked for wins, up to the
 * policy's limit and without jitter; else `firstDelayMs * growth ^ (attempt - 1)`, at most `longestDelayMs`, of which
 * full jitter takes any part and equal jitter half and any part of the other half.
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, options: RetryDelayOptions): number {
  const { retryAfterMs, random } = options;
  if (policy.respectRetryAfter && retryAfterMs !== undefined && retryAfterMs >= 0) {
    return Math.min(retryAfterMs, policy.longestRetryAfterMs);
  }
  // Without the inner limit an endless power of a delay of 0 would be no number.
  const grown = policy.firstDelayMs * Math.min(policy.growth ** (attempt - 1), Number.MAX_SAFE_INTEGER);
  const delayMs = Math.min(grown, policy.longestDelayMs);
  if (policy.jitter === "none") return delayMs;
  return policy.jitter === "full" ? delayMs * random() : delayMs / 2 + (delayMs / 2) * random();
}
