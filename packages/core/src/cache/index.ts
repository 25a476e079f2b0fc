export type { CacheOptions, StorageCacheOptions } from "./cache-options.js";
export { folderCache } from "./folder-cache.js";
export { memoryCache } from "./memory-cache.js";
export type {
  CacheCallOptions,
  CachedAsset,
  CachedResult,
  CacheHit,
  CachePut,
  CacheStats,
  StepCache,
} from "./step-cache.js";
export { type StepCacheKeyOptions, stepCacheKey } from "./step-cache-key.js";
export { storageCache } from "./storage-cache.js";
