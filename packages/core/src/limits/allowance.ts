import { type LimitOptions, rateOf } from "./limit-options.js";
import { createRequestWindow, type RequestWindow } from "./request-window.js";

/** What is left of a limit: plain data that the functions of this file change. */
export interface Allowance {
  readonly concurrency: number;
  readonly window: RequestWindow | undefined;
  active: number;
  pausedUntilMs: number;
}

/** All of a limit. */
export function createAllowance(options: LimitOptions): Allowance {
  const rate = rateOf(options);
  return {
    concurrency: options.concurrency ?? Number.POSITIVE_INFINITY,
    window: rate && createRequestWindow(rate),
    active: 0,
    pausedUntilMs: Number.NEGATIVE_INFINITY,
  };
}

/** When the next one may begin: in the past when that is now, infinite when one under way must end before. */
export function freeAt({ active, concurrency, pausedUntilMs, window }: Allowance): number {
  if (active >= concurrency) return Number.POSITIVE_INFINITY;
  return window === undefined ? pausedUntilMs : Math.max(pausedUntilMs, window.freeAt());
}

/** Begins one. */
export function take(allowance: Allowance, now: number): void {
  allowance.active += 1;
  allowance.window?.note(now);
}

/** Counts one that began elsewhere: it is under way, whatever the limit says, and was begun in no time of now. */
export function occupy(allowance: Allowance): void {
  allowance.active += 1;
}

/** Ends one. */
export function giveBack(allowance: Allowance): void {
  allowance.active -= 1;
}

const LONGEST_PAUSE_MS = 86_400_000;

/** Lets nothing begin for so many milliseconds, at most a day; a longer pause that is there already stays. */
export function pauseFor(allowance: Allowance, ms: number, now: number): void {
  if (!(ms > 0)) return;
  allowance.pausedUntilMs = Math.max(allowance.pausedUntilMs, now + Math.min(ms, LONGEST_PAUSE_MS));
}
