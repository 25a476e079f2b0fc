import pLimit from "p-limit";
import { createSha256 } from "#sha256";
import { GenblazeError } from "../errors/genblaze-error.js";
import { sha256OfBytes } from "../json/sha256-of-bytes.js";
import { assertKey } from "../storage/check-key.js";
import type { Storage, StorageCallOptions } from "../storage/storage.js";
import { type CacheEntry, readEntry } from "./cache-entry.js";
import { cacheProblem } from "./cache-problem.js";
import { readAtMost } from "./read-at-most.js";
import type { CacheCallOptions, CachedAsset } from "./step-cache.js";

/** As large as a manifest may be; a larger file is no entry. */
export const MAX_ENTRY_BYTES = 16 * 1024 * 1024;
/** Keeps a remote storage busy without opening a connection per entry. */
const CONCURRENT_READS = 8;

/** An entry's file; `entry` is undefined when the file is damaged. */
export interface EntryFile {
  readonly bytes: Uint8Array | undefined;
  readonly entry: CacheEntry | undefined;
}

/** The sizes of what the cache holds: of entries by key, of assets by SHA-256. */
export interface CacheListing {
  readonly entries: ReadonlyMap<string, number>;
  readonly assets: ReadonlyMap<string, number>;
}

/** A cache's objects in a storage: `steps/<key>.json` and `assets/<sha256>`, both below the prefix. */
export interface CacheFiles {
  /** Undefined when there is none. */
  readEntry(key: string, options: CacheCallOptions): Promise<EntryFile | undefined>;
  readEntries(keys: Iterable<string>, options: CacheCallOptions): Promise<ReadonlyMap<string, EntryFile>>;
  writeEntry(key: string, bytes: Uint8Array, options: CacheCallOptions): Promise<void>;
  /** Undefined when the bytes are not there, or are others. */
  readAsset(asset: CachedAsset, options: CacheCallOptions): Promise<Uint8Array | undefined>;
  /** Writes nothing when as many bytes are there: a name is a hash, and what differs is removed when it is read. */
  writeAsset(asset: CachedAsset, bytes: Uint8Array, options: CacheCallOptions): Promise<void>;
  removeEntry(key: string, options: CacheCallOptions): Promise<void>;
  removeAsset(sha256: string, options: CacheCallOptions): Promise<void>;
  /** Keeps the bytes that have the hash: it may be the entry that was wrong. */
  removeAssetIfDamaged(sha256: string): Promise<void>;
  /** Only what has the names that a cache gives. */
  list(options: CacheCallOptions): Promise<CacheListing>;
}

/** STORAGE_KEY_INVALID for a prefix that is no folder. */
export function cacheFiles(storage: Storage, prefix: string): CacheFiles {
  const base = prefix === "" ? "" : `${prefix}/`;
  const entryKey = (key: string) => `${base}steps/${key}.json`;
  const assetKey = (sha256: string) => `${base}assets/${sha256}`;
  assertKey(entryKey("0".repeat(64)));
  const files: CacheFiles = {
    async readEntry(key, options) {
      const bytes = await readIfThere(storage, entryKey(key), MAX_ENTRY_BYTES, callOf(options));
      if (bytes === "absent") return undefined;
      return { bytes, entry: bytes && readEntry(key, bytes) };
    },
    async readEntries(keys, options) {
      const limit = pLimit(CONCURRENT_READS);
      const read = async (key: string) => [key, await files.readEntry(key, options)] as const;
      const all = await Promise.all([...keys].map((key) => limit(read, key)));
      return new Map(all.flatMap(([key, file]) => (file === undefined ? [] : [[key, file] as const])));
    },
    async writeEntry(key, bytes, options) {
      const about = { mediaType: "application/json", ...callOf(options) };
      await storage.put(entryKey(key), bytes, about).catch(cacheProblem("write an entry"));
    },
    async readAsset({ sha256, sizeBytes }, options) {
      const bytes = await readIfThere(storage, assetKey(sha256), sizeBytes, callOf(options));
      if (bytes === "absent" || bytes?.byteLength !== sizeBytes) return undefined;
      return sha256OfBytes(bytes) === sha256 ? bytes : undefined;
    },
    async writeAsset({ sha256, mediaType }, bytes, options) {
      const key = assetKey(sha256);
      const there = await storage.head(key, callOf(options)).catch(cacheProblem("look for an asset"));
      if (there?.sizeBytes === bytes.byteLength) return;
      const about = { mediaType, ...callOf(options) };
      await storage.put(key, bytes, about).catch(cacheProblem("write an asset"));
    },
    async removeEntry(key, options) {
      await storage.delete(entryKey(key), callOf(options)).catch(cacheProblem("remove an entry"));
    },
    async removeAsset(sha256, options) {
      await storage.delete(assetKey(sha256), callOf(options)).catch(cacheProblem("remove an asset"));
    },
    async removeAssetIfDamaged(sha256) {
      const hash = createSha256();
      for await (const chunk of await storage.get(assetKey(sha256))) hash.update(chunk);
      if (hash.digestHex() !== sha256) await files.removeAsset(sha256, {});
    },
    async list(options) {
      const entries = await listNames(storage, `${base}steps/`, /^([0-9a-f]{64})\.json$/, callOf(options));
      const assets = await listNames(storage, `${base}assets/`, /^([0-9a-f]{64})$/, callOf(options));
      return { entries, assets };
    },
  };
  return files;
}

/** Undefined when there are more bytes than the limit. */
async function readIfThere(
  storage: Storage,
  key: string,
  limitBytes: number,
  options: StorageCallOptions,
): Promise<Uint8Array | undefined | "absent"> {
  try {
    return await readAtMost(await storage.get(key, options), limitBytes);
  } catch (error) {
    if (GenblazeError.isInstance(error) && error.code === "STORAGE_NOT_FOUND") return "absent";
    return cacheProblem("read")(error);
  }
}

async function listNames(
  storage: Storage,
  folder: string,
  form: RegExp,
  options: StorageCallOptions,
): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  try {
    for await (const { key, sizeBytes } of storage.list(folder, options)) {
      const name = form.exec(key.slice(folder.length))?.[1];
      if (name !== undefined) sizes.set(name, sizeBytes);
    }
  } catch (error) {
    cacheProblem("list")(error);
  }
  return sizes;
}

function callOf({ signal }: CacheCallOptions): StorageCallOptions {
  return signal === undefined ? {} : { signal };
}
