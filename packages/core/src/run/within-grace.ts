import type { Clock } from "../provider/clock.js";
import { type AbortSource, createAbortControl, raceAbort } from "./abort-source.js";

const graceMs = 5_000;

/** The outcome of work that keeps what is paid for: it may go on for 5 s after the end of what is around it. */
export async function withinGrace<T>(work: Promise<T>, { onAbort, signal }: AbortSource, clock: Clock): Promise<T> {
  const control = createAbortControl();
  let takeBack = () => {};
  const forget = onAbort(() => {
    takeBack = clock.schedule(() => control.abort(signal.reason), graceMs);
  });
  try {
    return await raceAbort(work, control);
  } finally {
    forget();
    takeBack();
  }
}
