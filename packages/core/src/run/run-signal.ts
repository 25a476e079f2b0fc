import { GenblazeError } from "../errors/genblaze-error.js";
import type { Clock } from "../provider/clock.js";
import { type AbortControl, createAbortControl } from "./abort-source.js";

/** The one signal of a run: the caller's, and the run's time limit. */
export interface RunSignal extends AbortControl {
  /** Clears the timer and lets go of the caller's signal. */
  close(): void;
}

export function openRunSignal(clock: Clock, caller: AbortSignal | undefined, timeoutMs: number | undefined): RunSignal {
  const control = createAbortControl();
  const onCallerAbort = () => control.abort(cancelled(caller?.reason));
  if (caller?.aborted === true) onCallerAbort();
  else caller?.addEventListener("abort", onCallerAbort, { once: true });
  const takeBack =
    timeoutMs === undefined ? undefined : clock.schedule(() => control.abort(timedOut(timeoutMs)), timeoutMs);
  return {
    ...control,
    endsAt: timeoutMs === undefined ? undefined : clock.now() + timeoutMs,
    close() {
      takeBack?.();
      caller?.removeEventListener("abort", onCallerAbort);
    },
  };
}

/** The error for work that the caller ended. */
export function cancelled(reason: unknown): GenblazeError {
  return new GenblazeError("CANCELLED", "The run was cancelled by its caller.", { cause: reason });
}

function timedOut(timeoutMs: number): GenblazeError {
  return new GenblazeError(
    "TIMED_OUT",
    `The run took longer than its limit of ${timeoutMs} ms. Raise timeoutMs; what was finished is in the error's result.`,
    { details: { timeoutMs } },
  );
}
