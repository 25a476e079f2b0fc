import type { Clock } from "../provider/clock.js";

/** Real time. The only place of the package that reads it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
