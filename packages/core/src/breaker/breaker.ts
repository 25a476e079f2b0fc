import { GenblazeError } from "../errors/genblaze-error.js";
import { type BreakerOptions, type BreakerSettings, checkBreakerOptions } from "./breaker-options.js";
import { breakerSign } from "./breaker-signs.js";
import { change, countFailure, createTroubledTarget, open, rest, type TroubledTarget } from "./troubled-target.js";

/** Whether a target may be asked, and else how many milliseconds to wait at least. */
export type BreakerVerdict = { readonly mayAsk: true } | { readonly mayAsk: false; readonly retryAfterMs: number };

/** Remembers which targets, `account/model` for example, keep failing, so that they are not asked for a while. */
export interface Breaker {
  /**
   * Whether the target may be asked now. Whoever hears yes asks it and then says how that ended: of a half-open one
   * only one caller at a time hears yes.
   */
  readonly check: (target: string) => BreakerVerdict;
  /** The target did what it was asked. */
  readonly succeeded: (target: string) => void;
  /** The target was asked and this was thrown; what it counts as, {@link breakerSign} says. */
  readonly failed: (target: string, error: unknown) => void;
}

/**
 * A breaker for all that share it. A target is open after so many failures in the window, of which each success takes
 * one back: one that fails now and then stays closed. After the cooldown one call tries it: it is closed when that
 * succeeds, and open for twice as long when it fails. A call that never says how it ended holds up the next one for a
 * cooldown. A RATE_LIMITED with `retryAfterMs` opens it for that long, and then all may ask. What calls that began
 * before say of an open target is not heard. INVALID_OPTION.
 *
 * @example
 * const verdict = breaker.check("acme/video-1");
 * if (!verdict.mayAsk) return nextTarget(verdict.retryAfterMs);
 */
export function createBreaker(options: BreakerOptions): Breaker {
  const settings = checkBreakerOptions(options);
  const troubled = new Map<string, TroubledTarget>();
  return {
    check: (name) => verdictOn(troubled, name, settings),
    succeeded: (name) => answered(troubled, name, settings),
    failed(name, error) {
      const sign = breakerSign(error);
      if (sign === "failure") failed(remember(troubled, name, settings), settings);
      else if (sign === "busy") askedToWait(troubled, name, error, settings);
      else if (sign === "answer") answered(troubled, name, settings);
      else gaveUp(troubled.get(name), settings);
    },
  };
}

type Targets = Map<string, TroubledTarget>;

const yes: BreakerVerdict = Object.freeze({ mayAsk: true });

function verdictOn(troubled: Targets, name: string, settings: BreakerSettings): BreakerVerdict {
  const target = troubled.get(name);
  if (target === undefined || target.state === "closed") return yes;
  const now = settings.clock.now();
  if (now < target.untilMs) return { mayAsk: false, retryAfterMs: target.untilMs - now };
  if (!target.isTried) {
    change(target, "closed", settings);
    return yes;
  }
  target.untilMs = now + settings.cooldownMs;
  change(target, "half-open", settings);
  return yes;
}

/** The target is there: a half-open one is well again, and a closed one has a failure less. */
function answered(troubled: Targets, name: string, settings: BreakerSettings): void {
  const target = troubled.get(name);
  if (target === undefined || target.state === "open") return;
  target.failedAtMs = target.failedAtMs.slice(1);
  if (target.state === "half-open") change(target, "closed", settings);
  if (target.failedAtMs.length === 0) troubled.delete(name);
}

/** The one call of a half-open target ended and says nothing of it, so another one may try. */
function gaveUp(target: TroubledTarget | undefined, { clock }: BreakerSettings): void {
  if (target?.state === "half-open") target.untilMs = clock.now();
}

function failed(target: TroubledTarget, settings: BreakerSettings): void {
  if (target.state === "open") return;
  const now = settings.clock.now();
  if (target.state === "half-open" || countFailure(target, now, settings)) open(target, now, settings);
}

/** The target said for how long, or a half-open one only that it is not well yet. */
function askedToWait(troubled: Targets, name: string, error: unknown, settings: BreakerSettings): void {
  const restMs = GenblazeError.isInstance(error) ? (error.retryAfterMs ?? 0) : 0;
  const target = restMs > 0 ? remember(troubled, name, settings) : troubled.get(name);
  if (target === undefined || target.state === "open") return;
  const now = settings.clock.now();
  if (restMs > 0) rest(target, restMs, now, settings);
  else if (target.state === "half-open") open(target, now, settings);
}

function remember(troubled: Targets, name: string, settings: BreakerSettings): TroubledTarget {
  const known = troubled.get(name);
  if (known !== undefined) return known;
  const [first] = troubled.keys();
  if (troubled.size >= settings.maxTargets && first !== undefined) troubled.delete(first);
  const target = createTroubledTarget(name, settings);
  troubled.set(name, target);
  return target;
}
