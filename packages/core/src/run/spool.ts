import { GenblazeError } from "../errors/genblaze-error.js";
import { sha256OfBytes } from "../json/sha256-of-bytes.js";
import type { Asset } from "../manifest/model.js";
import { memoryStorage } from "../storage/memory-storage.js";
import { readAll } from "../storage/read-all.js";
import type { Storage } from "../storage/storage.js";

/** Where a run keeps the bytes of its assets until they are saved or written to a sink, by their SHA-256. */
export interface Spool {
  /** Keeps the bytes and says their hash in lower-case hex. */
  put(bytes: Uint8Array, mediaType: string): Promise<string>;
  /** The bytes of an asset of this run; STORAGE_NOT_FOUND when only its URL is known. */
  read(asset: Asset, signal?: AbortSignal): Promise<Uint8Array>;
  has(asset: Asset): boolean;
}

/** A spool on a storage; in memory when none is given. */
export function createSpool(storage: Storage = memoryStorage()): Spool {
  const kept = new Set<string>();
  return {
    async put(bytes, mediaType) {
      const sha256 = sha256OfBytes(bytes);
      if (!kept.has(sha256)) {
        await storage.put(sha256, bytes, { mediaType });
        kept.add(sha256);
      }
      return sha256;
    },
    has: (asset) => asset.sha256 !== null && kept.has(asset.sha256),
    async read(asset, signal) {
      if (asset.sha256 !== null && kept.has(asset.sha256)) {
        return readAll(await storage.get(asset.sha256, signal === undefined ? {} : { signal }));
      }
      throw new GenblazeError(
        "STORAGE_NOT_FOUND",
        `The bytes of asset ${asset.assetId} (${asset.mediaType}) are not in this run: its provider gave only a URL. Fetch it from there.`,
        { details: { assetId: asset.assetId, mediaType: asset.mediaType } },
      );
    },
  };
}
