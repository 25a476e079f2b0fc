import { z } from "zod";
import { checkOptions } from "../options/check-options.js";
import { objectWith } from "../pipeline/option-schemas.js";
import type { Clock } from "../provider/clock.js";
import { createAllowance, pauseFor } from "./allowance.js";
import { addLane, createGate, enter, type Permit, type PermitRequest } from "./gate.js";
import { hasOneRate, type LimitOptions, limitFields, maxWaiting } from "./limit-options.js";
import { type LimitState, limitState } from "./limit-state.js";

/** What {@link createLimiter} takes. */
export interface LimiterOptions extends LimitOptions {
  readonly clock: Clock;
  /** How many may wait for a place. @default 100_000 */
  readonly maxWaiting?: number | undefined;
}

/** Places for calls, and a rate that they keep to. */
export interface Limiter {
  /**
   * A permit as soon as there is one, at once when nobody waits; release it when the call is over. Runs are served in
   * turn, and those of one run in their order. Rejects with the signal's reason when that aborts, and with
   * RATE_LIMITED when too many wait already.
   */
  readonly acquire: (request: PermitRequest) => Promise<Permit>;
  /** Gives out no permit for so many milliseconds, at most a day: what one was told by `Retry-After` holds for all. */
  readonly pause: (ms: number) => void;
  readonly state: () => LimitState;
}

/** How many may wait unless it is said otherwise. */
export const DEFAULT_MAX_WAITING = 100_000;

const schema = z
  .strictObject({
    ...limitFields,
    clock: objectWith<Clock>("now", "schedule"),
    maxWaiting: maxWaiting.optional(),
  })
  .refine(hasOneRate, { path: ["rate"], error: "either perSecond or rate is expected" });

/**
 * A limiter for all that share it. One timer, whoever waits; all it does takes the same short time however many wait.
 * INVALID_OPTION.
 *
 * @example
 * const limiter = createLimiter({ clock, concurrency: 4, rate: { requests: 60, perMs: 60_000 } });
 * const permit = await limiter.acquire({ run: runId, signal });
 * try { await call(); } finally { permit.release(); }
 */
export function createLimiter(options: LimiterOptions): Limiter {
  checkOptions(schema, options, "createLimiter(options)");
  const { clock, maxWaiting = DEFAULT_MAX_WAITING } = options;
  const gate = createGate({
    clock,
    maxWaiting,
    name: "createLimiter",
    allowance: createAllowance(options),
  });
  const lane = addLane(gate, createAllowance({}));
  return {
    acquire: (request) => enter(gate, lane, request),
    pause: (ms) => pauseFor(gate.allowance, ms, clock.now()),
    state: () => limitState(gate.allowance, gate.turns.waiting, clock.now()),
  };
}
