import pLimit from "p-limit";

/** The places that steps of providers take while they run; steps inside nodes take theirs from the same run. */
export interface Slots {
  /** Whether the next one would have to wait. */
  readonly isFull: () => boolean;
  use<T>(work: () => Promise<T>): Promise<T>;
}

/** `concurrency` places; without a number there is always one more. */
export function createSlots(concurrency: number | undefined): Slots {
  if (concurrency === undefined) return { isFull: () => false, use: (work) => work() };
  const limit = pLimit(concurrency);
  return { isFull: () => limit.activeCount + limit.pendingCount >= limit.concurrency, use: (work) => limit(work) };
}
