import { compareCodePoints } from "../json/compare-code-points.js";
import type { CacheFiles, CacheListing, EntryFile } from "./cache-files.js";
import type { CacheCallOptions } from "./step-cache.js";

/** What is free after making room, as a part of the limit, so that not every put has to make some. */
const FREE_PART = 0.1;

export interface RoomRequest extends CacheCallOptions {
  readonly maxBytes: number;
  /** The entry that was just written. */
  readonly keep: string;
  /** Whether bytes are being stored for an entry that is not yet there. */
  readonly isInUse: (sha256: string) => boolean;
}

export interface RoomReport {
  /** The number of entries removed. */
  readonly removed: number;
  /** What the cache holds now. */
  readonly sizeBytes: number;
}

interface Holder {
  readonly key: string;
  readonly usedAt: number;
  readonly assets: ReadonlySet<string>;
}

/**
 * Where the cache holds more than its limit: removes bytes that no entry uses, and then entries with the bytes that
 * only they use, damaged ones first, then the least recently used.
 */
export async function makeRoom(files: CacheFiles, request: RoomRequest): Promise<RoomReport> {
  const { maxBytes, keep, isInUse } = request;
  const listing = await files.list(request);
  let left = sizeOf(listing);
  if (left <= maxBytes) return { removed: 0, sizeBytes: left };
  const holders = holdersOf(await files.readEntries(listing.entries.keys(), request));
  const uses = countUses(holders);

  const removeUnused = async (sha256: string) => {
    if ((uses.get(sha256) ?? 0) > 0 || isInUse(sha256)) return;
    await files.removeAsset(sha256, request);
    left -= listing.assets.get(sha256) ?? 0;
  };

  for (const sha256 of listing.assets.keys()) await removeUnused(sha256);
  let removed = 0;
  for (const { key, assets } of holders) {
    if (left <= maxBytes * (1 - FREE_PART)) break;
    if (key === keep) continue;
    await files.removeEntry(key, request);
    left -= listing.entries.get(key) ?? 0;
    removed += 1;
    for (const sha256 of assets) {
      uses.set(sha256, (uses.get(sha256) ?? 0) - 1);
      await removeUnused(sha256);
    }
  }
  return { removed, sizeBytes: left };
}

function sizeOf({ entries, assets }: CacheListing): number {
  let sizeBytes = 0;
  for (const size of entries.values()) sizeBytes += size;
  for (const size of assets.values()) sizeBytes += size;
  return sizeBytes;
}

/** Those to be removed first, first. */
function holdersOf(files: ReadonlyMap<string, EntryFile>): readonly Holder[] {
  const holders = [...files].map(([key, { entry }]): Holder => {
    const assets = new Set(entry?.result.assets.map(({ sha256 }) => sha256));
    return { key, usedAt: entry?.usedAt ?? 0, assets };
  });
  return holders.sort((left, right) => left.usedAt - right.usedAt || compareCodePoints(left.key, right.key));
}

/** By how many entries each asset is used. */
function countUses(holders: readonly Holder[]): Map<string, number> {
  const uses = new Map<string, number>();
  for (const sha256 of holders.flatMap(({ assets }) => [...assets])) uses.set(sha256, (uses.get(sha256) ?? 0) + 1);
  return uses;
}
