import type { BreakerSettings, BreakerState } from "./breaker-options.js";

/** A target that failed lately: plain data that the functions of this folder change. */
export interface TroubledTarget {
  readonly name: string;
  state: BreakerState;
  /** When it failed, oldest first; at most as many as it takes to open. */
  failedAtMs: number[];
  /** When it is open: until then it is not asked. When it is half-open: until then the one call has time. */
  untilMs: number;
  /** Whether one call goes first when that time is over; else all do. */
  isTried: boolean;
  /** How long it is not asked when it opens the next time. */
  cooldownMs: number;
}

/** A target that was fine up to now. */
export function createTroubledTarget(name: string, { cooldownMs }: BreakerSettings): TroubledTarget {
  return { name, state: "closed", failedAtMs: [], untilMs: 0, isTried: true, cooldownMs };
}

/** Goes to another state and tells of it. */
export function change(target: TroubledTarget, to: BreakerState, { onChange }: BreakerSettings): void {
  const from = target.state;
  target.state = to;
  if (from === to) return;
  onChange({ target: target.name, from, to, untilMs: to === "open" ? target.untilMs : undefined });
}

/** Is not asked for its cooldown, which is twice as long the next time unless it gets well in between. */
export function open(target: TroubledTarget, now: number, settings: BreakerSettings): void {
  target.untilMs = now + target.cooldownMs;
  target.isTried = true;
  target.failedAtMs = [];
  target.cooldownMs = Math.min(target.cooldownMs * 2, settings.longestCooldownMs);
  change(target, "open", settings);
}

/** Is not asked for as long as it asked for, and by everybody after that. */
export function rest(target: TroubledTarget, restMs: number, now: number, settings: BreakerSettings): void {
  target.untilMs = now + Math.min(restMs, settings.longestCooldownMs);
  target.isTried = false;
  change(target, "open", settings);
}

/** Notes a failure; true when it is one too many for the window. */
export function countFailure(target: TroubledTarget, now: number, { failures, windowMs }: BreakerSettings): boolean {
  target.failedAtMs = [...target.failedAtMs, now].filter((atMs) => atMs > now - windowMs).slice(-failures);
  return target.failedAtMs.length >= failures;
}
