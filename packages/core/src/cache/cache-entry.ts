import { decodeUtf8 } from "../json/decode-utf8.js";
import { findNonJson } from "../json/find-non-json.js";
import { createAsset } from "../manifest/create-model.js";
import { isSha256 } from "../manifest/is-sha256.js";
import type { Asset } from "../manifest/model.js";
import { entrySchema } from "./entry-schema.js";
import type { CacheableOutput, CachedAsset, CachedResult } from "./step-cache.js";

/** A cached result with the times that its life depends on, in milliseconds since 1970. */
export interface CacheEntry {
  readonly key: string;
  readonly storedAt: number;
  readonly usedAt: number;
  readonly result: CachedResult;
}

/** What the cache keeps of a result, or undefined when the bytes or a fact of an asset cannot be kept. */
export function toCachedResult(output: CacheableOutput): CachedResult | undefined {
  const assets: CachedAsset[] = [];
  for (const asset of output.assets) {
    const cached = toCachedAsset(asset);
    if (cached === undefined) return undefined;
    assets.push(cached);
  }
  const { modelVersion, payload } = output;
  const warnings = output.warnings.map(({ option, message }) => ({ option, message }));
  return { assets, modelVersion, payload, warnings };
}

function toCachedAsset(asset: Asset): CachedAsset | undefined {
  // What a provider gave beyond the model's fields is not kept.
  const { assetId: _, url: __, sha256, sizeBytes, ...facts } = createAsset(asset);
  if (!isSha256(sha256) || typeof sizeBytes !== "number") return undefined;
  return { ...facts, sha256, sizeBytes };
}

/** The entry's file, or undefined for an entry that {@link readEntry} would not read back. */
export function writeEntry({ result, ...entry }: CacheEntry): Uint8Array | undefined {
  const { modelVersion = null, ...rest } = result;
  const source = { version: 1, ...entry, result: { modelVersion, ...rest } };
  // Not JSON is, for example, a bigint, which JSON.stringify throws at.
  if (findNonJson(source) !== undefined || !entrySchema.safeParse(source).success) return undefined;
  return new TextEncoder().encode(JSON.stringify(source));
}

/** The entry in a file, or undefined for anything that is not the whole entry of this key. */
export function readEntry(key: string, bytes: Uint8Array): CacheEntry | undefined {
  const verdict = entrySchema.safeParse(readJson(bytes));
  if (!verdict.success || verdict.data.key !== key) return undefined;
  const { storedAt, usedAt, result } = verdict.data;
  return { key, storedAt, usedAt, result: { ...result, modelVersion: result.modelVersion ?? undefined } };
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes));
  } catch {
    // Torn or foreign: the schema refuses undefined as it refuses any other damage.
    return undefined;
  }
}
