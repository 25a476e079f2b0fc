import type { Allowance } from "./allowance.js";

/** How a limit stands. */
export interface LimitState {
  /** How many permits are out. */
  readonly active: number;
  readonly waiting: number;
  /** When the pause ends, in milliseconds of the clock; undefined when there is none. */
  readonly pausedUntilMs: number | undefined;
}

/** The state of what is left of a limit. */
export function limitState({ active, pausedUntilMs }: Allowance, waiting: number, now: number): LimitState {
  return { active, waiting, pausedUntilMs: pausedUntilMs > now ? pausedUntilMs : undefined };
}
