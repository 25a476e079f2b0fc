import type { Clock } from "../provider/clock.js";

/** Which deliveries came lately. */
export interface SeenDeliveries {
  readonly size: number;
  /** Remembers one; false when it is remembered already. */
  add(id: string): boolean;
}

/** Remembers each for `windowMs`, and `most` at a time: beyond that the oldest is forgotten early. Needs no timer. */
export function createSeenDeliveries(clock: Clock, windowMs: number, most: number): SeenDeliveries {
  // In the order in which they came, so that those to forget are in front.
  const seen = new Map<string, number>();

  function forget(): void {
    for (const [id, at] of seen) {
      if (clock.now() - at < windowMs && seen.size <= most) return;
      seen.delete(id);
    }
  }

  return {
    get size() {
      forget();
      return seen.size;
    },
    add(id) {
      forget();
      if (seen.has(id)) return false;
      seen.set(id, clock.now());
      forget();
      return true;
    },
  };
}
