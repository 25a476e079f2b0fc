import type { Clock } from "../provider/clock.js";

/** Milliseconds since some moment, which grow on when the clock is set. */
export const systemElapsedMs = (): number => performance.now();

/** Real time. This file is the only place of the package that reads it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
