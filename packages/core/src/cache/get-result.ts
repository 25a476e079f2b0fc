import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import type { CacheContext } from "./cache-context.js";
import { type CacheEntry, writeEntry } from "./cache-entry.js";
import type { EntryFile } from "./cache-files.js";
import { removeUnused } from "./remove-unused.js";
import type { CacheCallOptions, CachedAsset, CacheHit } from "./step-cache.js";

/** The whole result under a key, or undefined; takes out what is no result. */
export async function getResult(
  context: CacheContext,
  key: string,
  call: CacheCallOptions,
): Promise<CacheHit | undefined> {
  const file = await context.files.readEntry(key, call);
  if (file === undefined) return undefined;
  const { entry } = file;
  if (entry === undefined) return takeOut(context, "broken", key, file);
  if (isExpired(context, entry)) return takeOut(context, "evicted", key, file);
  const bytes = await readAssets(context, entry, call);
  throwIfAborted(call.signal);
  if (bytes === undefined) return takeOut(context, "broken", key, file);
  await markUsed(context, file, call);
  return { result: entry.result, read: async (asset) => bytesOf(bytes, asset) };
}

/** An entry from a future further away than it would be kept is as wrong as one from that past. */
function isExpired({ clock, ttlMs }: CacheContext, { storedAt }: CacheEntry): boolean {
  return ttlMs !== undefined && Math.abs(clock.now() - storedAt) >= ttlMs;
}

/** The bytes by SHA-256, or undefined when some are missing; those that are not what their name says are removed. */
async function readAssets(
  { files, inTurn, inUse }: CacheContext,
  { result }: CacheEntry,
  call: CacheCallOptions,
): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  const all = new Map<string, Uint8Array>();
  for (const asset of result.assets) {
    const bytes = await files.readAsset(asset, call);
    if (bytes === undefined) {
      if (!inUse.has(asset.sha256)) await bestEffort(inTurn(() => files.removeAssetIfDamaged(asset.sha256)));
      return undefined;
    }
    all.set(asset.sha256, bytes);
  }
  return all;
}

/** Removes the entry, unless another one was stored in its place meanwhile, and bytes that only it used. */
async function takeOut(
  context: CacheContext,
  count: "broken" | "evicted",
  key: string,
  file: EntryFile,
): Promise<undefined> {
  const { files, inTurn } = context;
  context.counts[count] += 1;
  const hashes = file.entry?.result.assets.map(({ sha256 }) => sha256) ?? [];
  await bestEffort(
    inTurn(async () => {
      if (!isSameFile(await files.readEntry(key, {}), file)) return;
      await files.removeEntry(key, {});
      await removeUnused(context, hashes, {});
    }),
  );
}

/** Writes down when the entry was used, where that decides what makes room. */
async function markUsed(context: CacheContext, file: EntryFile, call: CacheCallOptions): Promise<void> {
  const { files, clock, maxBytes, inTurn } = context;
  const { entry } = file;
  const bytes = entry && writeEntry({ ...entry, usedAt: clock.now() });
  if (maxBytes === undefined || entry === undefined || bytes === undefined) return;
  await bestEffort(
    inTurn(async () => {
      if (isSameFile(await files.readEntry(entry.key, call), file)) await files.writeEntry(entry.key, bytes, call);
    }),
  );
}

function isSameFile(found: EntryFile | undefined, file: EntryFile): boolean {
  const left = found?.bytes;
  const right = file.bytes;
  if (found === undefined || left === undefined || right === undefined) return found !== undefined && left === right;
  return left.byteLength === right.byteLength && left.every((byte, index) => byte === right[index]);
}

// A cache that cannot tidy up is no reason to lose a hit, or to fail what is a miss anyway.
async function bestEffort(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}

function bytesOf(all: ReadonlyMap<string, Uint8Array>, { sha256 }: CachedAsset): Uint8Array {
  const bytes = all.get(sha256);
  if (bytes !== undefined) return bytes;
  const message = "An asset of this hit's own result is expected; an asset with another hash was given.";
  throw new GenblazeError("INVALID_OPTION", message, { details: { sha256 } });
}
