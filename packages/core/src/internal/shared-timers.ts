import type { Clock } from "../provider/clock.js";
import { createBinaryHeap } from "./binary-heap.js";

/** What {@link shareTimers} may be told. */
export interface ShareTimersOptions {
  /**
   * Milliseconds since any moment that only ever grow, like `performance.now()`: alarms keep their time then when the
   * clock is set. @default the clock's `now()`
   */
  readonly elapsedMs?: () => number;
}

interface Alarm {
  readonly atMs: number;
  readonly order: number;
  /** Undefined when it rang or was taken back. */
  callback: (() => void) | undefined;
}

/** How many alarms ring before others get their turn; what they wake comes on top of it. */
const ALARMS_PER_TURN = 100;
/** How long alarms ring before others get their turn. */
const TURN_MS = 5;
const LONGEST_TIMER_MS = 2_147_483_647; // what timers of Node and browsers can hold

/**
 * A clock that keeps any number of alarms behind one timer of another clock; adding an alarm takes O(log n), taking one
 * back O(1) on average. Alarms ring at their time in the order of adding, some at a time when many are due at once, so
 * that other work of the process goes on between them. An alarm that throws does so out of the clock's timer, as it
 * would without this, and the others still ring. Delays may be longer than timers can be. Without alarms there is no
 * timer.
 */
export function shareTimers(clock: Clock, options: ShareTimersOptions = {}): Clock {
  const { elapsedMs = () => clock.now() } = options;
  const alarms = createBinaryHeap<Alarm>(isBefore);
  let order = 0;
  let waiting = 0;
  let isRinging = false;
  let timerAtMs = Number.POSITIVE_INFINITY;
  let takeBackTimer: (() => void) | undefined;

  function disarm(): void {
    takeBackTimer?.();
    takeBackTimer = undefined;
    timerAtMs = Number.POSITIVE_INFINITY;
  }

  /** Sets the timer to the first alarm, unless it is set to that or an earlier one. */
  function arm(): void {
    const first = firstWaiting();
    if (first === undefined) disarm();
    if (first === undefined || (takeBackTimer !== undefined && timerAtMs <= first.atMs)) return;
    disarm();
    timerAtMs = first.atMs;
    // Rounded up, since a timer that is cut to whole milliseconds would ring too early and in vain.
    const delayMs = Math.max(Math.ceil(first.atMs - elapsedMs()), 0);
    takeBackTimer = clock.schedule(ring, Math.min(delayMs, LONGEST_TIMER_MS));
  }

  function firstWaiting(): Alarm | undefined {
    let first = alarms.first();
    while (first !== undefined && first.callback === undefined) {
      alarms.take();
      first = alarms.first();
    }
    return first;
  }

  function ring(): void {
    takeBackTimer = undefined;
    timerAtMs = Number.POSITIVE_INFINITY;
    isRinging = true;
    try {
      ringDue();
    } finally {
      isRinging = false;
      arm();
    }
  }

  /** Alarms that are added meanwhile wait for the next turn, like timers that are set by timers. */
  function ringDue(): void {
    const begunMs = elapsedMs();
    const orderBefore = order;
    for (let rung = 0; rung < ALARMS_PER_TURN && elapsedMs() - begunMs < TURN_MS; rung++) {
      const alarm = firstWaiting();
      if (alarm === undefined || alarm.atMs > begunMs || alarm.order >= orderBefore) return;
      alarms.take();
      const { callback } = alarm;
      alarm.callback = undefined;
      waiting -= 1;
      callback?.();
    }
  }

  function remove(alarm: Alarm): void {
    if (alarm.callback === undefined) return;
    alarm.callback = undefined;
    waiting -= 1;
    if (alarms.size > 2 * waiting) alarms.keep(({ callback }) => callback !== undefined);
    if (waiting === 0 && !isRinging) disarm();
  }

  return Object.freeze<Clock>({
    now: () => clock.now(),
    schedule(callback, delayMs) {
      const alarm: Alarm = { atMs: elapsedMs() + Math.max(delayMs || 0, 0), order: order++, callback };
      alarms.add(alarm);
      waiting += 1;
      if (!isRinging) arm();
      return () => remove(alarm);
    },
  });
}

function isBefore(left: Alarm, right: Alarm): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}
