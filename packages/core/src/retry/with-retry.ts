import pRetry from "p-retry";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { Clock } from "../provider/clock.js";
import { sleep } from "../run/sleep.js";
import { isConnectionLoss } from "./is-connection-loss.js";
import { retryDelayMs } from "./retry-delay.js";
import type { RetryPolicy } from "./retry-policy.js";

/** The parts of a step that are tried again each by itself. */
export type RetryPhase = "submit" | "poll" | "fetch" | "transfer";

/** An attempt that failed and will be followed by another one. */
export interface Retry {
  readonly phase: RetryPhase;
  /** Which attempt it was, from 1. */
  readonly attempt: number;
  readonly error: unknown;
  /** The wait before the next one, in milliseconds. */
  readonly delayMs: number;
}

/** What {@link withRetry} takes besides the work. */
export interface WithRetryOptions {
  readonly phase: RetryPhase;
  readonly policy: RetryPolicy;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Ends the wait between attempts; an attempt under way is ended by whoever makes it. */
  readonly signal: AbortSignal;
  /** Whether this error may be tried again, `isRejected` for a submit. @default every error that the policy tries again */
  readonly mayRetry?: ((error: unknown) => boolean) | undefined;
  /** Told before each wait, and waited for; what it throws ends the work. */
  readonly onRetry?: ((retry: Retry) => void | Promise<void>) | undefined;
}

/**
 * Does the work until it succeeds, with the waits of a policy in between. The error of the last attempt is thrown as it
 * is: when the attempts are used up, when the policy does not try its code again, when it says itself that it is not
 * retryable, when `mayRetry` says no, and for everything that is neither a GenblazeError nor a lost connection. An
 * abort before an attempt or in a wait throws the signal's reason at once.
 */
export async function withRetry<T>(work: (attempt: number) => Promise<T>, options: WithRetryOptions): Promise<T> {
  options.signal.throwIfAborted();
  try {
    return await work(1);
  } catch (error) {
    if (!mayTryAgain(error, 1, options)) throw error;
    return tryAgain(work, error, options);
  }
}

/** Whether the policy tries this error again, whatever the number of attempts. */
function isRetried(error: unknown, policy: RetryPolicy): boolean {
  const isOurs = GenblazeError.isInstance(error) && error.code !== "UNEXPECTED";
  if (isOurs) return error.isRetryable && policy.codes.includes(error.code);
  return policy.codes.includes("SERVER_ERROR") && isConnectionLoss(error);
}

function mayTryAgain(error: unknown, attempt: number, { policy, mayRetry }: WithRetryOptions): boolean {
  return attempt < policy.maxAttempts && isRetried(error, policy) && (mayRetry === undefined || mayRetry(error));
}

/** A failed attempt inside p-retry, which has rules of its own for errors of some classes. */
interface FailedAttempt extends Error {
  readonly cause: unknown;
}

async function tryAgain<T>(
  work: (attempt: number) => Promise<T>,
  firstError: unknown,
  options: WithRetryOptions,
): Promise<T> {
  let last: FailedAttempt | undefined;
  const failed = (cause: unknown): FailedAttempt => {
    last = Object.assign(new Error("An attempt failed."), { cause });
    return last;
  };
  // Its own signal would throw away a result that comes together with an abort, so it is not given.
  const trying = pRetry((attempt) => (attempt === 1 ? Promise.reject(failed(firstError)) : next(attempt)), {
    retries: options.policy.maxAttempts - 1,
    minTimeout: 0,
    shouldRetry: async ({ error, attemptNumber }) => {
      if (attemptNumber > 1 && !mayTryAgain(error.cause, attemptNumber, options)) return false;
      await waitForNext(error.cause, attemptNumber, options);
      return true;
    },
  });
  return trying.catch((thrown: unknown) => {
    throw last !== undefined && thrown === last ? last.cause : thrown;
  });

  async function next(attempt: number): Promise<T> {
    try {
      return await work(attempt);
    } catch (error) {
      throw failed(error);
    }
  }
}

async function waitForNext(error: unknown, attempt: number, options: WithRetryOptions): Promise<void> {
  const { phase, policy, clock, random, signal, onRetry } = options;
  signal.throwIfAborted();
  const retryAfterMs = GenblazeError.isInstance(error) ? error.retryAfterMs : undefined;
  const delayMs = retryDelayMs(policy, attempt, { retryAfterMs, random });
  await onRetry?.({ phase, attempt, error, delayMs });
  await sleep(clock, delayMs, signal);
  signal.throwIfAborted();
}
