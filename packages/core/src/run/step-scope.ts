import { GenblazeError } from "../errors/genblaze-error.js";
import type { StepDefinition } from "../pipeline/definition.js";
import { type AbortSource, createAbortControl } from "./abort-source.js";
import type { RunContext } from "./run-context.js";

/** The signal of one step: aborted with the run, or when the step's own time is up. */
export interface StepScope extends AbortSource {
  /** Clears the timer; call it when the step has ended. */
  close(): void;
}

// A step without a limit shares the run's signal: a controller and a timer each would cost a quarter more per step.
export function openStepScope(run: RunContext, step: StepDefinition): StepScope {
  const { timeoutMs } = step;
  const { endsAt } = run.abort;
  if (timeoutMs === undefined) return { signal: run.abort.signal, onAbort: run.abort.onAbort, endsAt, close() {} };
  const control = createAbortControl();
  const forget = run.abort.onAbort(() => control.abort(run.abort.signal.reason));
  const takeBack = run.runtime.timers.schedule(() => control.abort(timedOut(step.key, timeoutMs)), timeoutMs);
  return {
    ...control,
    endsAt: Math.min(endsAt ?? Number.POSITIVE_INFINITY, run.runtime.clock.now() + timeoutMs),
    close() {
      takeBack();
      forget();
    },
  };
}

function timedOut(key: string, timeoutMs: number): GenblazeError {
  return new GenblazeError(
    "TIMED_OUT",
    `Step "${key}" took longer than its limit of ${timeoutMs} ms. Raise its timeoutMs, or choose a faster model.`,
    { details: { step: key, timeoutMs } },
  );
}
