import type { Clock } from "../provider/clock.js";

/** Which models were asked lately; a request to another one may have to wait until it is loaded. */
export interface Warmth {
  /** Remembers a request; true when it is the first one for a while. */
  touch(provider: string, model: string): boolean;
}

/** What providers of rented machines commonly keep a model loaded for. */
const DEFAULT_COLD_AFTER_MS = 300_000;

/** Says which requests are the first ones. `coldAfterMs` without a request make a model cold again. @default 5 minutes */
export function createWarmth(clock: Clock, coldAfterMs: number = DEFAULT_COLD_AFTER_MS): Warmth {
  const askedAt = new Map<string, number>();
  return {
    touch(provider, model) {
      const key = `${provider}/${model}`;
      const before = askedAt.get(key);
      const now = clock.now();
      askedAt.set(key, now);
      return before === undefined || now - before >= coldAfterMs;
    },
  };
}
