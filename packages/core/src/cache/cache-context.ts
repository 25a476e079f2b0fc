import type { LimitFunction } from "p-limit";
import type { Clock } from "../provider/clock.js";
import type { BytesInUse } from "./bytes-in-use.js";
import type { CacheFiles } from "./cache-files.js";
import type { CacheSize } from "./cache-size.js";
import type { CacheStats } from "./step-cache.js";

/** The counters behind {@link CacheStats}. */
export type CacheCounts = { -readonly [Name in keyof CacheStats]: CacheStats[Name] };

/** What one cache holds on to between calls. */
export interface CacheContext {
  readonly files: CacheFiles;
  readonly clock: Pick<Clock, "now">;
  readonly ttlMs: number | undefined;
  readonly maxBytes: number | undefined;
  readonly counts: CacheCounts;
  readonly inUse: BytesInUse;
  readonly size: CacheSize;
  /** One at a time, so that what is removed is what was read. */
  readonly inTurn: LimitFunction;
}

export function createCounts(): CacheCounts {
  return { hits: 0, misses: 0, stored: 0, evicted: 0, broken: 0 };
}
