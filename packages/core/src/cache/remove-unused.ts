import type { CacheContext } from "./cache-context.js";
import type { CacheCallOptions } from "./step-cache.js";

/** Removes those of the bytes that no entry uses; reads all entries when there are any to be removed. */
export async function removeUnused(
  { files, inUse }: CacheContext,
  hashes: readonly string[],
  call: CacheCallOptions,
): Promise<void> {
  if (hashes.length === 0) return;
  const { entries } = await files.list(call);
  const used = new Set<string>();
  for (const { entry } of (await files.readEntries(entries.keys(), call)).values()) {
    for (const { sha256 } of entry?.result.assets ?? []) used.add(sha256);
  }
  for (const sha256 of new Set(hashes)) {
    if (!used.has(sha256) && !inUse.has(sha256)) await files.removeAsset(sha256, call);
  }
}
