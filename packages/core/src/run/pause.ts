import type { Clock } from "../provider/clock.js";
import type { AbortSource } from "./abort-source.js";
import { heartbeatsOf } from "./heartbeats-of.js";

/**
 * Waits `delayMs` on the given clock; rejects with the reason of the source when that aborts first. Of a long wait
 * `onHeartbeat` is told at intervals. Unlike `sleep` it costs no listener on a signal that thousands share.
 */
export function pause(clock: Clock, delayMs: number, abort: AbortSource, onHeartbeat: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    if (abort.signal.aborted) return reject(abort.signal.reason);
    const end = beat(clock, delayMs, onHeartbeat, () => {
      forget();
      resolve();
    });
    const forget = abort.onAbort((reason) => {
      end();
      forget();
      reject(reason);
    });
  });
}

/** Tells of a wait of `delayMs` at intervals, and of its end; the returned function takes that back. */
export function beat(clock: Clock, delayMs: number, onHeartbeat: () => void, onEnd: () => void): () => void {
  const waits = heartbeatsOf(delayMs);
  let takeBack = () => {};
  const next = (isFirst: boolean) => {
    const wait = waits.next();
    if (wait.done === true) return onEnd();
    if (!isFirst) onHeartbeat();
    takeBack = clock.schedule(() => next(false), wait.value);
  };
  next(true);
  return () => takeBack();
}
