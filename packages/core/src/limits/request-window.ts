import type { Rate } from "./limit-options.js";

/** When the last requests were, and so when the next one may be. */
export interface RequestWindow {
  /** The first time at which another one is within the rate; in the past when that is now. */
  freeAt(): number;
  /** Notes a request. */
  note(now: number): void;
}

/**
 * A sliding log, after Cloudflare's "How we built rate limiting capable of scaling to millions of domains": exact, so
 * there are never more than `requests` in any `perMs`, however the vendor counts them. A token bucket or GCRA of the
 * same rate lets nearly twice as many through where a burst meets the refill. It costs 8 bytes for each request of the
 * rate, taken as they are made.
 */
export function createRequestWindow({ requests, perMs }: Rate): RequestWindow {
  const times: number[] = [];
  let oldest = 0;
  return {
    freeAt: () => (times.length < requests ? Number.NEGATIVE_INFINITY : (times[oldest] ?? 0) + perMs),
    note(now) {
      if (times.length < requests) {
        times.push(now);
        return;
      }
      times[oldest] = now;
      oldest = (oldest + 1) % requests;
    },
  };
}
