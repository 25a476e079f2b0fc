import type { CacheableOutput } from "../src/cache/step-cache.js";
import { sha256OfBytes } from "../src/json/sha256-of-bytes.js";
import { type AssetFields, createAsset } from "../src/manifest/create-model.js";
import type { Asset } from "../src/manifest/model.js";
import type { Storage } from "../src/storage/storage.js";

/** A cache key made of one hexadecimal digit. */
export const keyOf = (digit: string) => digit.repeat(64);

/** What a step gave whose assets are these bytes. */
export interface Made {
  readonly output: CacheableOutput;
  read(asset: Asset): Promise<Uint8Array>;
}

/** A step's output with one picture per given text or array of bytes. */
export function made(...contents: readonly (string | Uint8Array)[]): Made {
  const all = contents.map((content) => (typeof content === "string" ? new TextEncoder().encode(content) : content));
  const byHash = new Map(all.map((bytes) => [sha256OfBytes(bytes), bytes]));
  const assets = all.map((bytes, index) => assetOf(bytes, { assetId: `asset-${index}` }));
  return {
    output: { assets, modelVersion: "v2", payload: { job: "7" }, warnings: [] },
    read: async ({ sha256 }) => byHash.get(sha256 ?? "") ?? new Uint8Array(),
  };
}

/** A picture with all facts that an asset can have. */
export function assetOf(bytes: Uint8Array, fields: Partial<AssetFields> = {}): Asset {
  const sha256 = sha256OfBytes(bytes);
  return createAsset({
    assetId: "asset",
    url: `urn:sha256:${sha256}`,
    mediaType: "video/mp4",
    sha256,
    sizeBytes: bytes.byteLength,
    width: 640,
    height: 360,
    duration: 1.5,
    video: { frameRate: 24, hasAudio: true },
    audio: { channels: 2, wordTimings: [{ word: "sea", start: 0, end: 0.5, confidence: 0.9 }] },
    tracks: [{ kind: "video", codec: "h264", label: null }],
    metadata: { mood: { calm: true } },
    ...fields,
  });
}

/** The objects of a storage with their sizes. */
export async function objectsOf(storage: Storage): Promise<Readonly<Record<string, number>>> {
  const objects: Record<string, number> = {};
  for await (const { key, sizeBytes } of storage.list("")) objects[key] = sizeBytes;
  return objects;
}
