/** How many bytes the cache holds at most, without listing it at every put. */
export interface CacheSize {
  /** Counts what a put wrote. */
  add(bytes: number): void;
  /** Takes over what a listing found. */
  set(bytes: number): void;
  /** Forgets the count, since something was written that is not counted. */
  forget(): void;
  /** Whether the cache may hold more than its limit, as far as this process knows; then it is to be listed. */
  mayBeAbove(maxBytes: number): boolean;
}

/** A part of the limit that one process writes at most before it looks again at what others wrote. */
const UNSEEN_PART = 1 / 16;

export function createCacheSize(): CacheSize {
  let listed: number | undefined;
  let added = 0;
  return {
    add(bytes) {
      added += bytes;
    },
    set(bytes) {
      listed = bytes;
      added = 0;
    },
    forget() {
      listed = undefined;
    },
    mayBeAbove: (maxBytes) => listed === undefined || listed + added > maxBytes || added > maxBytes * UNSEEN_PART,
  };
}
