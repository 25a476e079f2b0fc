import type { JsonObject } from "../json/json-value.js";
import type { Asset } from "../manifest/model.js";
import type { StepWarning } from "../provider/provider.js";
import type { RecordedOutput } from "../run/transitions.js";

/** What of a step's output is cached; what it cost then is not. */
export type CacheableOutput = Omit<RecordedOutput, "cost">;

/** The facts of a cached asset. Its id and its address are those of the run that made it, so they are not kept. */
export interface CachedAsset extends Omit<Asset, "assetId" | "url" | "sha256" | "sizeBytes"> {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** What a step gave, as the cache keeps it. */
export interface CachedResult {
  readonly assets: readonly CachedAsset[];
  readonly modelVersion: string | undefined;
  readonly payload: JsonObject;
  readonly warnings: readonly StepWarning[];
}

/** A result whose bytes are all there: they were read, and they have the recorded hashes and sizes. */
export interface CacheHit {
  readonly result: CachedResult;
  /** The bytes of one of the result's assets; INVALID_OPTION for any other asset. */
  read(asset: CachedAsset): Promise<Uint8Array>;
}

/** `not-cacheable`: the bytes of an asset are not at hand, a fact is no JSON, or the result alone is too large. */
export type CachePut = "stored" | "not-cacheable";

/** What a cache has counted since it was made; every `get` that came to its end is a hit or a miss. */
export interface CacheStats {
  readonly hits: number;
  readonly misses: number;
  /** Results stored. */
  readonly stored: number;
  /** Entries taken out because they were too old, or to make room. */
  readonly evicted: number;
  /** Entries that were damaged, or whose bytes were missing or others. */
  readonly broken: number;
}

export interface CacheCallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A place that keeps the results of succeeded steps under the keys of `stepCacheKey`. */
export interface StepCache {
  readonly name: string;
  /**
   * The result under a key. Undefined is a miss, and so is whatever is not whole: a damaged or expired entry is taken
   * out. A failing backend throws.
   */
  get(key: string, options?: CacheCallOptions): Promise<CacheHit | undefined>;
  /** Stores a result with its bytes, which `read` gives; replaces what is under the key. A failing backend throws. */
  put(
    key: string,
    result: CacheableOutput,
    read: (asset: Asset) => Promise<Uint8Array>,
    options?: CacheCallOptions,
  ): Promise<CachePut>;
  /** Takes out everything that the cache has stored, and nothing else. */
  clear(options?: CacheCallOptions): Promise<void>;
  stats(): CacheStats;
}
