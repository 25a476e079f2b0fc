import type { Clock } from "@genblaze/core/provider";

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Moves time on and calls back whatever was scheduled up to then, in order of its time. */
  advance(byMs: number): Promise<void>;
  /** Goes to the next scheduled callback, whenever that is; false when none is scheduled. */
  advanceToNext(): Promise<boolean>;
  /** How many callbacks wait. */
  readonly pending: number;
}

interface Alarm {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A fake clock. @default starts at 2026-01-15T12:00:00Z */
export function createFakeClock(startMs = Date.UTC(2026, 0, 15, 12)): FakeClock {
  let now = startMs;
  let order = 0;
  const alarms = new Set<Alarm>();

  function next(): Alarm | undefined {
    return [...alarms].sort((left, right) => left.at - right.at || left.order - right.order)[0];
  }

  async function ring(alarm: Alarm): Promise<void> {
    alarms.delete(alarm);
    now = Math.max(now, alarm.at);
    alarm.callback();
    await settle();
  }

  return {
    now: () => now,
    schedule(callback, delayMs) {
      const alarm = { at: now + Math.max(0, delayMs), order: order++, callback };
      alarms.add(alarm);
      return () => {
        alarms.delete(alarm);
      };
    },
    async advance(byMs) {
      const until = now + byMs;
      await settle();
      for (let alarm = next(); alarm !== undefined && alarm.at <= until; alarm = next()) await ring(alarm);
      now = until;
    },
    async advanceToNext() {
      await settle();
      const alarm = next();
      if (alarm !== undefined) await ring(alarm);
      return alarm !== undefined;
    },
    get pending() {
      return alarms.size;
    },
  };
}

// Lets every promise chain that is ready run to its next wait: promises resolve before the next macrotask.
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
