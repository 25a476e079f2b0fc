/** Time as the SDK sees it; tests pass one that they move by hand. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Calls back once, after at least `delayMs`; the returned function takes it back. */
  schedule(callback: () => void, delayMs: number): () => void;
}
