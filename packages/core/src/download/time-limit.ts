import { GenblazeError } from "../errors/genblaze-error.js";
import { systemClock } from "../internal/system-clock.js";

/** The longest time that a timer of the platform can wait; a longer one would end at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A signal for work with a time limit; whoever asks for one calls `clear` when the work has ended. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  readonly clear: () => void;
}

/** Ends with the caller's signal, or with DOWNLOAD_FAILED after a time. */
export function timeLimit(timeoutMs: number, signal: AbortSignal | undefined): TimeLimit {
  const controller = new AbortController();
  const stopTimer = systemClock.schedule(
    () => controller.abort(tookTooLong(timeoutMs)),
    Math.min(timeoutMs, MAX_TIMER_MS),
  );
  const follow = () => controller.abort(signal?.reason);
  signal?.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    clear() {
      stopTimer();
      signal?.removeEventListener("abort", follow);
    },
  };
}

function tookTooLong(timeoutMs: number): GenblazeError {
  const message = `The download took longer than the ${timeoutMs} ms that are allowed (timeoutMs). Allow more.`;
  return new GenblazeError("DOWNLOAD_FAILED", message, { isRetryable: true });
}
