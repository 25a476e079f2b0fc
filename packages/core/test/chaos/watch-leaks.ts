import { getEventListeners } from "node:events";
import type { JobVendor } from "../../../fakes/src/index.js";
import { systemClock } from "../../src/internal/system-clock.js";
import type { Clock } from "../../src/provider/clock.js";

/** Real time, with a count of the callbacks that are scheduled and neither came nor were taken back. */
export interface CountedClock extends Clock {
  readonly pending: number;
}

/** A clock whose timers are counted. */
export function createCountedClock(clock: Clock = systemClock): CountedClock {
  const pending = new Set<object>();
  return {
    now: clock.now,
    schedule(callback, delayMs) {
      const timer = {};
      pending.add(timer);
      const takeBack = clock.schedule(() => {
        pending.delete(timer);
        callback();
      }, delayMs);
      return () => {
        pending.delete(timer);
        takeBack();
      };
    },
    get pending() {
      return pending.size;
    },
  };
}

/** What an ended run may have left behind. */
export interface Remains {
  readonly clock: CountedClock;
  /** That of the caller. */
  readonly signal: AbortSignal;
  readonly vendor: Pick<JobVendor, "openCalls">;
  /** How long what is open may take to close. @default 2_000 */
  readonly longestMs?: number;
}

/** A call that was given up takes a moment to be closed on the other side. */
const LONGEST_CLOSE_MS = 2_000;
const LOOK_EVERY_MS = 5;

/** What is left of a run that has ended: timers, listeners on the caller's signal, calls to the vendor. */
export async function findLeaks(remains: Remains): Promise<readonly string[]> {
  const { clock, signal, vendor, longestMs = LONGEST_CLOSE_MS } = remains;
  const timers = clock.pending;
  const listeners = getEventListeners(signal, "abort").length;
  for (let waitedMs = 0; vendor.openCalls() > 0 && waitedMs < longestMs; waitedMs += LOOK_EVERY_MS) {
    await pause(LOOK_EVERY_MS);
  }
  const calls = vendor.openCalls();
  return [
    ...(timers > 0 ? [`${timers} timers are left`] : []),
    ...(listeners > 0 ? [`${listeners} listeners are left on the caller's signal`] : []),
    ...(calls > 0 ? [`${calls} calls are left open`] : []),
  ];
}

/** What this process holds that keeps it alive, by its kind. */
export function countResources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** The kinds of which there are more than before, once they had the time to go. */
export async function findNewResources(
  before: Readonly<Record<string, number>>,
  longestMs = LONGEST_CLOSE_MS,
): Promise<readonly string[]> {
  const grown = () => Object.entries(countResources()).filter(([kind, count]) => count > (before[kind] ?? 0));
  for (let waitedMs = 0; grown().length > 0 && waitedMs < longestMs; waitedMs += LOOK_EVERY_MS) {
    await pause(LOOK_EVERY_MS);
  }
  return grown().map(([kind, count]) => `${count} of ${kind} instead of ${before[kind] ?? 0}`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
