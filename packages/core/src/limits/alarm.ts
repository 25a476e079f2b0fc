import type { Clock } from "../provider/clock.js";

/** One timer for many who wait: it rings at the earliest time that it was set to. */
export interface Alarm {
  /** Makes it ring at this time, or earlier when it was set to that before. */
  set(atMs: number): void;
  clear(): void;
}

const LONGEST_TIMER_MS = 2_147_483_647; // what timers of Node and browsers can hold

/** It may ring before its time, when timers are not exact or the clock was set; whoever hears it looks at the clock. */
export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let dueMs = Number.POSITIVE_INFINITY;
  let takeBack: (() => void) | undefined;

  function clear(): void {
    takeBack?.();
    takeBack = undefined;
    dueMs = Number.POSITIVE_INFINITY;
  }

  function onTime(): void {
    clear();
    ring();
  }

  return {
    clear,
    set(atMs) {
      if (atMs >= dueMs) return;
      clear();
      dueMs = atMs;
      takeBack = clock.schedule(onTime, Math.min(Math.max(atMs - clock.now(), 0), LONGEST_TIMER_MS));
    },
  };
}
