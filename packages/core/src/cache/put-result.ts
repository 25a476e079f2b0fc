import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { sha256OfBytes } from "../json/sha256-of-bytes.js";
import type { Asset } from "../manifest/model.js";
import type { CacheContext } from "./cache-context.js";
import { toCachedResult, writeEntry } from "./cache-entry.js";
import { MAX_ENTRY_BYTES } from "./cache-files.js";
import { cacheProblem } from "./cache-problem.js";
import { makeRoom } from "./make-room.js";
import { removeUnused } from "./remove-unused.js";
import type { CacheableOutput, CacheCallOptions, CachedAsset, CachedResult, CachePut } from "./step-cache.js";

export interface PutRequest {
  readonly key: string;
  readonly output: CacheableOutput;
  readonly read: (asset: Asset) => Promise<Uint8Array>;
}

interface NewEntry {
  readonly key: string;
  readonly entry: Uint8Array;
  readonly hashes: readonly string[];
  /** Of the entry and its assets. */
  readonly sizeBytes: number;
}

/** Stores the bytes, then the entry, then makes room. */
export async function putResult(
  context: CacheContext,
  { key, output, read }: PutRequest,
  call: CacheCallOptions,
): Promise<CachePut> {
  const result = toCachedResult(output);
  const now = context.clock.now();
  const entry = result && writeEntry({ key, storedAt: now, usedAt: now, result });
  if (result === undefined || entry === undefined || !hasRoom(context, result, entry)) return "not-cacheable";
  const hashes = [...new Set(result.assets.map(({ sha256 }) => sha256))];
  return context.inUse.during(hashes, async () => {
    let isStored = false;
    try {
      if (!(await writeAssets(context, result, { key, output, read }, call))) return "not-cacheable";
      await context.inTurn(() =>
        writeAndMakeRoom(context, { key, entry, hashes, sizeBytes: sizeOf(result, entry) }, call),
      );
      isStored = true;
      return "stored";
    } finally {
      // Whatever was written of it is not counted.
      if (!isStored) context.size.forget();
    }
  });
}

function hasRoom({ maxBytes }: CacheContext, result: CachedResult, entry: Uint8Array): boolean {
  if (entry.byteLength > MAX_ENTRY_BYTES) return false;
  return maxBytes === undefined || sizeOf(result, entry) <= maxBytes;
}

/** What a result takes when it shares nothing. */
function sizeOf({ assets }: CachedResult, entry: Uint8Array): number {
  const sizes = new Map(assets.map(({ sha256, sizeBytes }) => [sha256, sizeBytes]));
  return [...sizes.values()].reduce((sum, size) => sum + size, entry.byteLength);
}

/** Whether all bytes were at hand. */
async function writeAssets(
  { files }: CacheContext,
  result: CachedResult,
  { output, read }: PutRequest,
  call: CacheCallOptions,
): Promise<boolean> {
  for (const [index, asset] of result.assets.entries()) {
    const bytes = await readBytes(output.assets[index], asset, read);
    throwIfAborted(call.signal);
    if (bytes === undefined) return false;
    await files.writeAsset(asset, bytes, call);
  }
  return true;
}

/** The bytes of an asset, or undefined when only its URL is known. */
async function readBytes(
  asset: Asset | undefined,
  { sha256, sizeBytes }: CachedAsset,
  read: PutRequest["read"],
): Promise<Uint8Array | undefined> {
  const bytes = asset && (await read(asset).catch(absentOrProblem));
  if (bytes === undefined) return undefined;
  if (bytes.byteLength === sizeBytes && sha256OfBytes(bytes) === sha256) return bytes;
  const mismatch = new GenblazeError("CACHE_FAILED", "the bytes of an asset are not those that the run recorded.", {
    details: { sha256 },
  });
  return cacheProblem("store a result")(mismatch);
}

function absentOrProblem(error: unknown): undefined {
  if (GenblazeError.isInstance(error) && error.code === "STORAGE_NOT_FOUND") return undefined;
  return cacheProblem("read the bytes of an asset")(error);
}

async function writeAndMakeRoom(
  context: CacheContext,
  { key, entry, hashes, sizeBytes }: NewEntry,
  call: CacheCallOptions,
): Promise<void> {
  const { files, counts, inUse, size, maxBytes } = context;
  const replaced = (await files.readEntry(key, call))?.entry?.result.assets.map(({ sha256 }) => sha256) ?? [];
  await files.writeEntry(key, entry, call);
  counts.stored += 1;
  const dropped = replaced.filter((sha256) => !hashes.includes(sha256));
  await removeUnused(context, dropped, call);
  size.add(sizeBytes);
  if (maxBytes === undefined || !size.mayBeAbove(maxBytes)) return;
  const room = await makeRoom(files, { ...call, maxBytes, keep: key, isInUse: inUse.has });
  counts.evicted += room.removed;
  size.set(room.sizeBytes);
}
