import type { JsonValue } from "../json/json-value.js";
import type { AnyProvider } from "../pipeline/step-options.js";
import type { Clock } from "../provider/clock.js";
import type { Submission } from "../provider/provider.js";
import { patientDelayMs } from "../webhooks/patient-delay.js";
import { type AbortSource, followAbort, toAbortSource } from "./abort-source.js";
import type { JobWebhooks } from "./job-webhooks.js";
import { beat, pause } from "./pause.js";

/** How a job stands next, when it is to be asked for after `delayMs`. */
export type NextNews = (operation: JsonValue, delayMs: number) => Promise<Submission>;

/** What waiting for news takes. */
export interface NewsParts {
  readonly timers: Clock;
  readonly abort: AbortSource;
  readonly poll: (operation: JsonValue, abort: AbortSource) => Promise<Submission>;
  /** Told at intervals while a wait is long. */
  readonly onHeartbeat: () => void;
}

/** Waits, then asks. */
export function byPoll({ timers, abort, poll, onHeartbeat }: NewsParts): NextNews {
  return async (operation, delayMs) => {
    await pause(timers, delayMs, abort, onHeartbeat);
    return poll(operation, abort);
  };
}

/** Waits for the vendor's word, and asks later than it would without. */
export function byWebhook(webhooks: JobWebhooks, provider: AnyProvider, parts: NewsParts): NextNews {
  const { timers, abort, poll, onHeartbeat } = parts;
  return async (operation, delayMs) => {
    abort.signal.throwIfAborted();
    // A signal of its own: listeners on one that thousands share are slow to take off.
    const waiting = followAbort(abort);
    const stop = beat(timers, patientDelayMs({ delayMs }), onHeartbeat, () => {});
    const { signal } = waiting;
    const ask = (asking: AbortSignal) => poll(operation, { ...toAbortSource(asking), endsAt: abort.endsAt });
    try {
      return await webhooks.next(provider, operation, { poll: ask, delayMs, clock: timers, signal });
    } finally {
      stop();
      waiting.close();
    }
  };
}
