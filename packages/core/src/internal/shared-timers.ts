import type { Clock } from "../provider/clock.js";
import { type BinaryHeap, createBinaryHeap } from "./binary-heap.js";

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
  const timers: SharedTimers = {
    ...{ clock, elapsedMs, alarms: createBinaryHeap<Alarm>(isBefore), added: 0, waiting: 0, isRinging: false },
    timerAtMs: Number.POSITIVE_INFINITY,
    takeBackTimer: undefined,
  };
  return Object.freeze<Clock>({ now: () => clock.now(), schedule: (...alarm) => addAlarm(timers, ...alarm) });
}

/** The alarms of one clock, and its timer. */
interface SharedTimers {
  readonly clock: Clock;
  readonly elapsedMs: () => number;
  /** With those that were taken back and are not let go of yet. */
  readonly alarms: BinaryHeap<Alarm>;
  /** How many alarms were ever added. */
  added: number;
  /** How many wait to ring. */
  waiting: number;
  isRinging: boolean;
  /** When the timer rings; never without one. */
  timerAtMs: number;
  takeBackTimer: (() => void) | undefined;
}

function addAlarm(timers: SharedTimers, callback: () => void, delayMs: number): () => void {
  // No number is no delay, as for timers.
  const atMs = timers.elapsedMs() + Math.max(delayMs || 0, 0);
  const alarm: Alarm = { atMs, order: timers.added, callback };
  timers.added += 1;
  timers.waiting += 1;
  timers.alarms.add(alarm);
  if (!timers.isRinging) arm(timers);
  return () => removeAlarm(timers, alarm);
}

function removeAlarm(timers: SharedTimers, alarm: Alarm): void {
  if (alarm.callback === undefined) return;
  alarm.callback = undefined;
  timers.waiting -= 1;
  const { alarms, waiting } = timers;
  if (alarms.size > 2 * waiting) alarms.keep(({ callback }) => callback !== undefined);
  if (waiting === 0) disarm(timers);
}

/** Sets the timer to the first alarm, unless it is set to that or an earlier one. */
function arm(timers: SharedTimers): void {
  const first = firstWaiting(timers);
  if (first === undefined) disarm(timers);
  if (first === undefined || timers.timerAtMs <= first.atMs) return;
  disarm(timers);
  timers.timerAtMs = first.atMs;
  // Rounded up, since a timer that is cut to whole milliseconds would ring too early and in vain.
  const delayMs = Math.max(Math.ceil(first.atMs - timers.elapsedMs()), 0);
  timers.takeBackTimer = timers.clock.schedule(() => ring(timers), Math.min(delayMs, LONGEST_TIMER_MS));
}

function disarm(timers: SharedTimers): void {
  timers.takeBackTimer?.();
  timers.takeBackTimer = undefined;
  timers.timerAtMs = Number.POSITIVE_INFINITY;
}

function firstWaiting({ alarms }: SharedTimers): Alarm | undefined {
  let first = alarms.first();
  while (first !== undefined && first.callback === undefined) {
    alarms.take();
    first = alarms.first();
  }
  return first;
}

function ring(timers: SharedTimers): void {
  timers.takeBackTimer = undefined;
  timers.timerAtMs = Number.POSITIVE_INFINITY;
  timers.isRinging = true;
  try {
    ringDue(timers);
  } finally {
    timers.isRinging = false;
    arm(timers);
  }
}

/** Alarms that are added meanwhile wait for the next turn, like timers that are set by timers. */
function ringDue(timers: SharedTimers): void {
  const { alarms, elapsedMs, added } = timers;
  const begunMs = elapsedMs();
  for (let rung = 0; rung < ALARMS_PER_TURN && elapsedMs() - begunMs < TURN_MS; rung++) {
    const alarm = firstWaiting(timers);
    if (alarm === undefined || alarm.atMs > begunMs || alarm.order >= added) return;
    alarms.take();
    const { callback } = alarm;
    alarm.callback = undefined;
    timers.waiting -= 1;
    callback?.();
  }
}

function isBefore(left: Alarm, right: Alarm): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}
