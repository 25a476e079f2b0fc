import { folder } from "../storage/folder-storage.js";
import { type CacheOptions, checkCacheOptions } from "./cache-options.js";
import type { StepCache } from "./step-cache.js";
import { storageCache } from "./storage-cache.js";

/**
 * A step cache in a folder of this machine, which is made when first written to. Processes may share it.
 *
 * @throws GenblazeError `INVALID_OPTION`
 */
export function folderCache(path: string, options: CacheOptions = {}): StepCache {
  const checked = checkCacheOptions(options, "folderCache(path, options)");
  return storageCache(folder(path), { ...checked, prefix: "" });
}
