import pLimit from "p-limit";
import { GenblazeError } from "../errors/genblaze-error.js";
import { systemClock } from "../internal/system-clock.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { isSha256 } from "../manifest/is-sha256.js";
import { describeValue } from "../options/describe-value.js";
import type { Storage } from "../storage/storage.js";
import { createBytesInUse } from "./bytes-in-use.js";
import { type CacheContext, type CacheCounts, createCounts } from "./cache-context.js";
import { cacheFiles } from "./cache-files.js";
import { checkStorageCacheOptions, type StorageCacheOptions } from "./cache-options.js";
import { createCacheSize } from "./cache-size.js";
import { getResult } from "./get-result.js";
import { putResult } from "./put-result.js";
import type { CacheCallOptions, StepCache } from "./step-cache.js";

const methods = ["put", "get", "head", "list", "delete"];

/**
 * A step cache in a storage: one JSON entry `steps/<key>.json` per result, written after its bytes `assets/<sha256>`,
 * which equal assets share. Entries are read as hostile: one that is not whole, or whose bytes are not those that were
 * stored, is a miss. Processes may share a cache; where one makes room while another stores, the other's result may
 * become a miss.
 *
 * With `maxBytes` the cache is listed from time to time, and its entries are read when there is too much; a hit writes its
 * entry again, with the time. An expired entry is taken out when it is asked for, or to make room.
 *
 * @throws GenblazeError `INVALID_OPTION`, `STORAGE_KEY_INVALID` for a prefix that is no folder
 * @example
 * const cache = storageCache(folder("out"), { prefix: "cache", ttlMs: 24 * 60 * 60 * 1000 });
 */
export function storageCache(storage: Storage, options: StorageCacheOptions = {}): StepCache {
  assertStorage(storage);
  const { prefix = "genblaze-cache", clock = systemClock, ttlMs, maxBytes } = checkStorageCacheOptions(options);
  const counts = createCounts();
  const context: CacheContext = {
    files: cacheFiles(storage, prefix),
    clock,
    ttlMs,
    maxBytes,
    counts,
    inUse: createBytesInUse(),
    size: createCacheSize(),
    inTurn: pLimit(1),
  };
  return {
    name: `cache:${storage.name}`,
    async get(key, call = {}) {
      assertCall(key, call);
      const hit = await getResult(context, key, call);
      counts[hit === undefined ? "misses" : "hits"] += 1;
      return hit;
    },
    async put(key, result, read, call = {}) {
      assertCall(key, call);
      return putResult(context, { key, output: result, read }, call);
    },
    clear: (call = {}) => context.inTurn(() => clear(context, call)),
    stats: () => ({ ...counts }) satisfies CacheCounts,
  };
}

async function clear({ files }: CacheContext, call: CacheCallOptions): Promise<void> {
  throwIfAborted(call.signal);
  const { entries, assets } = await files.list(call);
  for (const key of entries.keys()) await files.removeEntry(key, call);
  for (const sha256 of assets.keys()) await files.removeAsset(sha256, call);
}

function assertStorage(storage: unknown): void {
  const isObject = typeof storage === "object" && storage !== null;
  if (isObject && methods.every((method) => typeof Reflect.get(storage, method) === "function")) return;
  const message = `storageCache(storage): a storage like folder("cache") is expected; ${describeValue(storage)} was given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

function assertCall(key: unknown, { signal }: CacheCallOptions): void {
  throwIfAborted(signal);
  if (typeof key === "string" && isSha256(key)) return;
  const message = `A cache key is 64 lower-case hexadecimal digits; ${describeValue(key)} was given. Use stepCacheKey(step).`;
  throw new GenblazeError("INVALID_OPTION", message);
}
