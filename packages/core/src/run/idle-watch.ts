import { GenblazeError } from "../errors/genblaze-error.js";
import type { ProviderStep } from "../pipeline/definition.js";
import type { ProgressReport } from "../provider/call-context.js";
import type { Clock } from "../provider/clock.js";
import { type AbortSource, followAbort } from "./abort-source.js";

/** Ends the wait for a job that shows nothing new. */
export interface IdleWatch extends AbortSource {
  /** The job showed this; what is as it was before is nothing new. */
  notice(progress: ProgressReport | undefined): void;
  close(): void;
}

/** What {@link watchIdle} needs to know. */
export interface IdleLimit {
  readonly step: ProviderStep;
  /** None without it. */
  readonly idleTimeoutMs: number | undefined;
  readonly timers: Clock;
  readonly abort: AbortSource;
}

/** A source that aborts with TIMED_OUT when nothing new was noticed for the time of the limit, or with the one given. */
export function watchIdle({ step, idleTimeoutMs, timers, abort }: IdleLimit): IdleWatch {
  if (idleTimeoutMs === undefined) return { ...abort, notice() {}, close() {} };
  const follower = followAbort(abort);
  const limitMs = idleTimeoutMs;
  const begin = () => timers.schedule(() => follower.abort(timedOut(step, limitMs)), limitMs);
  let last: ProgressReport = {};
  let takeBack = begin();
  let isClosed = false;

  return {
    ...follower,
    notice(progress) {
      // One report may tell of the fraction, the other of the rest.
      const now = { ...last, ...progress };
      const isNew = toText(now) !== toText(last);
      last = now;
      if (!isNew || isClosed || follower.signal.aborted) return;
      // An alarm keeps its time when the clock is set; what is counted from now() would not.
      takeBack();
      takeBack = begin();
    },
    close() {
      isClosed = true;
      takeBack();
      follower.close();
    },
  };
}

/** The signature of a preview's address may be another one at each poll. */
function toText({ fraction, message, previewUrl }: ProgressReport): string {
  return JSON.stringify([fraction, message, previewUrl?.split("?")[0]]);
}

function timedOut({ key, provider }: ProviderStep, idleTimeoutMs: number): GenblazeError {
  return new GenblazeError(
    "TIMED_OUT",
    `Step "${key}": the job at ${provider.name} showed nothing new for ${idleTimeoutMs} ms, and is not waited for any more. Resume the run to go on with it, or raise poll.idleTimeoutMs.`,
    { details: { step: key, limit: "idle", idleTimeoutMs } },
  );
}
