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

/** Milliseconds since 1970 as they were known when the process began, which grow on evenly when the clock is set. */
export const steadyClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  schedule: systemClock.schedule,
};
