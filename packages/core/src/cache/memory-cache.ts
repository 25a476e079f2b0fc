import { memoryStorage } from "../storage/memory-storage.js";
import { type CacheOptions, checkCacheOptions } from "./cache-options.js";
import type { StepCache } from "./step-cache.js";
import { storageCache } from "./storage-cache.js";

/** Some hundred pictures or a few clips; what is more belongs on a disk. */
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

/**
 * A step cache that lives as long as the process.
 *
 * @throws GenblazeError `INVALID_OPTION`
 */
export function memoryCache(options: CacheOptions = {}): StepCache {
  const checked = checkCacheOptions(options, "memoryCache(options)");
  const maxBytes = checked.maxBytes ?? DEFAULT_MAX_BYTES;
  return storageCache(memoryStorage(), { ...checked, maxBytes, prefix: "" });
}
