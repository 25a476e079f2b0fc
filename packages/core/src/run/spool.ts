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
  /** A text that was put under its hash. STORAGE_NOT_FOUND. */
  readText(sha256: string): Promise<string>;
  /** Whether it outlives the process. */
  readonly isLasting: boolean;
}

/** A spool on a storage that outlives the process, with what an earlier one has put there. */
export async function openSpool(storage: Storage): Promise<Spool> {
  const kept = new Set<string>();
  for await (const { key } of storage.list("")) kept.add(key);
  return spoolOn(storage, kept, true);
}

/** A spool for as long as the process lives; in memory when no storage is given. */
export function createSpool(storage: Storage = memoryStorage()): Spool {
  return spoolOn(storage, new Set(), false);
}

function spoolOn(storage: Storage, kept: Set<string>, isLasting: boolean): Spool {
  return {
    isLasting,
    async readText(sha256) {
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await readAll(await storage.get(sha256)));
    },
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
      throw notKept(asset);
    },
  };
}

/** Bytes whose hash is their only name were kept by a process; those of a provider that gave a URL by nobody. */
function notKept({ assetId, mediaType, url }: Asset): GenblazeError {
  const why = url.startsWith("urn:sha256:")
    ? "the process that made them is gone, and the journal of the run has no spool that kept them. Give the claims of the journal a `spool`; to make the asset anew, resume the run with option `from`."
    : "its provider gave only a URL. Fetch it from there.";
  const message = `The bytes of asset ${assetId} (${mediaType}) are not in this run: ${why}`;
  return new GenblazeError("STORAGE_NOT_FOUND", message, { details: { assetId, mediaType } });
}
