import { z } from "zod";
import { checkOptions } from "../options/check-options.js";
import { objectWith } from "../pipeline/option-schemas.js";
import type { Clock } from "../provider/clock.js";

/** What every cache takes. */
export interface CacheOptions {
  /** How long a result is good, in milliseconds since it was stored. @default for ever */
  readonly ttlMs?: number | undefined;
  /**
   * How many bytes the cache may hold when no put is under way. Above it, the least recently stored or used results are
   * taken out until a tenth of it is free. @default none; 256 MiB in memory
   */
  readonly maxBytes?: number | undefined;
  /** @default real time */
  readonly clock?: Clock | undefined;
}

export interface StorageCacheOptions extends CacheOptions {
  /** Folder of everything this cache writes; "" for none. @default "genblaze-cache" */
  readonly prefix?: string | undefined;
}

const wholeNumber = (unit: string) => z.int(`a whole number of ${unit} is expected`).min(1, "at least 1 is expected");

const cacheOptions = z.strictObject({
  ttlMs: wholeNumber("milliseconds").optional(),
  maxBytes: wholeNumber("bytes").optional(),
  clock: objectWith<Clock>("now").optional(),
});

const storageCacheOptions = cacheOptions.extend({ prefix: z.string("a folder is expected").optional() });

/** INVALID_OPTION for the first thing wrong. */
export function checkCacheOptions(options: unknown, where: string): z.infer<typeof cacheOptions> {
  return checkOptions(cacheOptions, options, where);
}

/** INVALID_OPTION for the first thing wrong. */
export function checkStorageCacheOptions(options: unknown): z.infer<typeof storageCacheOptions> {
  return checkOptions(storageCacheOptions, options, "storageCache(storage, options)");
}
