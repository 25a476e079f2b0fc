import { z } from "zod";
import { checkOptions } from "../options/check-options.js";
import { objectWith } from "../pipeline/option-schemas.js";
import type { Clock } from "../provider/clock.js";

/** Whether a target is asked: `closed` it is, `open` it is not, `half-open` one call tries whether it is there again. */
export type BreakerState = "closed" | "open" | "half-open";

/** A target that went from one state to another. */
export interface BreakerChange {
  readonly target: string;
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** Until when it is not asked, in milliseconds of the clock; undefined unless `to` is open. */
  readonly untilMs: number | undefined;
}

/** What {@link createBreaker} takes. */
export interface BreakerOptions {
  readonly clock: Clock;
  /** After so many failures a target is not asked; 1 to 1,000. @default 5 */
  readonly failures?: number | undefined;
  /** Within so many milliseconds; at most a day. @default 60_000 */
  readonly windowMs?: number | undefined;
  /** How long it is not asked at first, in milliseconds; at most a day. @default 30_000 */
  readonly cooldownMs?: number | undefined;
  /** How long it is not asked when it went on failing, in milliseconds; at most a day. @default 600_000 */
  readonly longestCooldownMs?: number | undefined;
  /** How many troubled targets are remembered; the one troubled first is forgotten for another. @default 10_000 */
  readonly maxTargets?: number | undefined;
  /** Told of each change as it happens; it must not throw. */
  readonly onChange?: ((change: BreakerChange) => void) | undefined;
}

/** {@link BreakerOptions} with everything in. */
export type BreakerSettings = { readonly [Field in keyof BreakerOptions]-?: NonNullable<BreakerOptions[Field]> };

const LONGEST_MS = 86_400_000;

const milliseconds = z
  .number("milliseconds are expected")
  .positive("more than 0 milliseconds are expected")
  .max(LONGEST_MS, `at most ${LONGEST_MS} milliseconds are expected`)
  .optional();

const countTo = (most: number) =>
  z
    .int("a whole number is expected")
    .min(1, "at least 1 is expected")
    .max(most, `at most ${most} is expected`)
    .optional();

const schema = z.strictObject({
  clock: objectWith<Clock>("now", "schedule"),
  failures: countTo(1_000),
  windowMs: milliseconds,
  cooldownMs: milliseconds,
  longestCooldownMs: milliseconds,
  maxTargets: countTo(1_000_000),
  onChange: z
    .custom<(change: BreakerChange) => void>((value) => typeof value === "function", "a function is expected")
    .optional(),
});

/** Checks the options of a breaker; INVALID_OPTION for the first thing wrong. */
export function checkBreakerOptions(options: BreakerOptions): BreakerSettings {
  const checked = checkOptions(schema, options, "createBreaker(options)");
  const cooldownMs = checked.cooldownMs ?? 30_000;
  return {
    clock: checked.clock,
    failures: checked.failures ?? 5,
    windowMs: checked.windowMs ?? 60_000,
    cooldownMs,
    longestCooldownMs: Math.max(checked.longestCooldownMs ?? 600_000, cooldownMs),
    maxTargets: checked.maxTargets ?? 10_000,
    onChange: checked.onChange ?? (() => undefined),
  };
}
