import pLimit from "p-limit";
import type { AbortSource } from "./abort-source.js";

/** The places that steps of providers take while they run; steps inside nodes take theirs from the same run. */
export interface Slots {
  /** Whether the next one would have to wait. */
  readonly isFull: () => boolean;
  /** Works as soon as there is a place, or once `abort` aborts: what only notes its own end need not wait. */
  use<T>(work: () => Promise<T>, abort: AbortSource): Promise<T>;
}

/** `concurrency` places; without a number there is always one more. */
export function createSlots(concurrency: number | undefined): Slots {
  if (concurrency === undefined) return { isFull: () => false, use: (work) => work() };
  const limit = pLimit(concurrency);
  return {
    isFull: () => limit.activeCount + limit.pendingCount >= limit.concurrency,
    use: (work, abort) =>
      new Promise((resolve) => {
        let begun: ReturnType<typeof work> | undefined;
        const begin = () => {
          begun ??= work();
          resolve(begun);
          return begun;
        };
        const forget = abort.onAbort(() => void begin());
        const turn = limit(() => {
          forget();
          return begin();
        });
        // Whoever asked for the place has the promise of the work itself.
        turn.catch(() => undefined);
      }),
  };
}
