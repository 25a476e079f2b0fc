import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { checkManifest } from "../manifest/check-manifest.js";
import { isSha256 } from "../manifest/is-sha256.js";
import type { Asset, Run } from "../manifest/model.js";
import { MAX_MANIFEST_BYTES, parseManifest } from "../manifest/parse-manifest.js";
import { joinKey } from "../storage/keys.js";
import { readAll } from "../storage/read-all.js";
import type { Storage } from "../storage/storage.js";
import type { LineageNode, UnreadableManifest } from "./lineage-facts.js";

/** What is kept of a manifest while others are read: a storage may hold many. */
export interface StoredRun {
  readonly node: LineageNode;
  readonly parents: readonly string[];
  readonly inputs: ReadonlySet<string>;
  readonly outputs: ReadonlySet<string>;
}

/** The runs of a storage. */
export interface StoredRuns {
  readonly runs: readonly StoredRun[];
  readonly unreadable: readonly UnreadableManifest[];
  readonly isTruncated: boolean;
}

/** Their facts fit into some hundred megabytes. */
const MAX_MANIFESTS = 100_000;

/** Where sinks put manifests: one folder in one layout, a folder for each run in the other. */
const PLACES = [
  { folder: "manifests", isManifest: (key: string) => /(^|\/)manifests\/[^/]+\.json$/.test(key) },
  { folder: "runs", isManifest: (key: string) => /(^|\/)runs\/(.+\/)?manifest\.json$/.test(key) },
] as const;

/** Reads every manifest below a prefix, in both layouts. Broken ones are listed; CANCELLED is thrown. */
export async function readRuns(storage: Storage, prefix: string, signal: AbortSignal | undefined): Promise<StoredRuns> {
  const runs = new Map<string, StoredRun>();
  const unreadable: UnreadableManifest[] = [];
  let count = 0;
  for await (const key of manifestKeys(storage, prefix, signal)) {
    count += 1;
    if (count > MAX_MANIFESTS) return { runs: byTime(runs), unreadable, isTruncated: true };
    try {
      addRun(runs, await readRun(storage, key, signal));
    } catch (thrown) {
      throwIfAborted(signal);
      const { code, message } = errorFromUnknown(thrown, "The manifest");
      unreadable.push({ key, code, message });
    }
  }
  return { runs: byTime(runs), unreadable, isTruncated: false };
}

async function* manifestKeys(storage: Storage, prefix: string, signal: AbortSignal | undefined): AsyncIterable<string> {
  for (const { folder, isManifest } of PLACES) {
    const within = `${joinKey(prefix, [folder])}/`;
    for await (const { key } of storage.list(within, signal === undefined ? {} : { signal })) {
      throwIfAborted(signal);
      if (isManifest(key)) yield key;
    }
  }
}

async function readRun(storage: Storage, key: string, signal: AbortSignal | undefined): Promise<StoredRun> {
  const chunks = await storage.get(key, signal === undefined ? {} : { signal });
  const manifest = parseManifest(await readAll(limited(chunks)));
  const { run } = manifest;
  const { runId, name, createdAt, status } = run;
  const { verdict } = checkManifest(manifest).manifestHash;
  return {
    node: { runId, name, createdAt, status, key, otherKeys: [], manifestHash: verdict },
    parents: parentsOf(run),
    inputs: hashesOf(run.steps.flatMap((step) => step.inputs)),
    outputs: hashesOf(run.steps.flatMap((step) => step.assets)),
  };
}

async function* limited(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > MAX_MANIFEST_BYTES) {
      const message = `Expected a manifest of at most ${MAX_MANIFEST_BYTES} bytes, got more. Check what wrote this object.`;
      throw new GenblazeError("MANIFEST_INVALID", message);
    }
    yield chunk;
  }
}

/** The first of several manifests of a run counts. */
function addRun(runs: Map<string, StoredRun>, found: StoredRun): void {
  const { runId, key } = found.node;
  const known = runs.get(runId);
  if (known === undefined) runs.set(runId, found);
  else runs.set(runId, { ...known, node: { ...known.node, otherKeys: [...known.node.otherKeys, key] } });
}

function parentsOf({ parentRunId, metadata: { parent_run_ids: others } }: Run): readonly string[] {
  const named = Array.isArray(others) ? others.filter((id): id is string => typeof id === "string") : [];
  return [...new Set([...(parentRunId === null ? [] : [parentRunId]), ...named])];
}

function hashesOf(assets: readonly Asset[]): ReadonlySet<string> {
  return new Set(assets.flatMap(({ sha256 }) => (isSha256(sha256) ? [sha256] : [])));
}

function byTime(runs: ReadonlyMap<string, StoredRun>): readonly StoredRun[] {
  // Offsets of times may differ, so that their texts do not tell which is earlier.
  const timed = [...runs.values()].map((run) => ({ run, time: Date.parse(run.node.createdAt) || 0 }));
  return timed.toSorted((left, right) => left.time - right.time).map(({ run }) => run);
}
