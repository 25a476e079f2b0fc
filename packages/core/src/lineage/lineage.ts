import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { checkOptions } from "../options/check-options.js";
import { describeValue } from "../options/describe-value.js";
import { objectWith } from "../pipeline/option-schemas.js";
import type { Storage } from "../storage/storage.js";
import type { Lineage, LineageEdge, SharedAsset } from "./lineage-facts.js";
import { readRuns, type StoredRun } from "./read-runs.js";

/** What `lineage` takes. */
export interface LineageOptions {
  /** Only this run, what it came from and what came from it. @default every run */
  readonly runId?: string | undefined;
  /** The prefix that the sink wrote below. @default "genblaze" */
  readonly prefix?: string | undefined;
  /** Ends the work. */
  readonly signal?: AbortSignal | undefined;
}

const lineageOptions = z.strictObject({
  runId: z.string("a run id is expected").optional(),
  prefix: z.string("a folder is expected").optional(),
  signal: objectWith<AbortSignal>("addEventListener", "throwIfAborted").optional(),
});

/**
 * Which runs of a storage came from which: parents, forks, and bytes that several runs share. It reads the manifests
 * that `objectStorageSink` wrote in either layout, of at most 16 MiB each and 100,000 together; those it cannot read
 * are listed. Manifests that were changed take part, with their verdict.
 *
 * Errors: INVALID_OPTION, STORAGE_NOT_FOUND when the storage holds no run `runId`, STORAGE_FAILED, CANCELLED.
 */
export async function lineage(storage: Storage, options: LineageOptions = {}): Promise<Lineage> {
  assertStorage(storage);
  const { runId, prefix = "genblaze", signal } = checkOptions(lineageOptions, options, "lineage options");
  throwIfAborted(signal);
  const { runs, unreadable, isTruncated } = await readRuns(storage, prefix, signal);
  const kept = runId === undefined ? runs : relativesOf(runs, runId);
  return { ...connect(kept, runs), unreadable, isTruncated };
}

function connect(kept: readonly StoredRun[], all: readonly StoredRun[]): Omit<Lineage, "unreadable" | "isTruncated"> {
  const keptIds = new Set(kept.map(({ node }) => node.runId));
  const storedIds = new Set(all.map(({ node }) => node.runId));
  // A parent that is stored and no relative belongs to another branch of the question.
  const edges = kept
    .flatMap(({ node, parents }) => parents.map((parent) => ({ child: node.runId, parent })))
    .filter(({ parent }) => keptIds.has(parent) || !storedIds.has(parent));
  const families = [...groupChildren(edges)].map(([parent, children]) => ({ parent, children }));
  return {
    nodes: kept.map(({ node }) => node),
    edges,
    forks: families.filter(({ children }) => children.length > 1),
    missingParents: families
      .filter(({ parent }) => !storedIds.has(parent))
      .map(({ parent, children }) => ({ runId: parent, children })),
    sharedAssets: sharedAssets(kept),
  };
}

/** The run, its ancestors and its descendants. Every run is visited once, so that circles end. */
function relativesOf(runs: readonly StoredRun[], runId: string): readonly StoredRun[] {
  const parents = new Map(runs.map((run) => [run.node.runId, run.parents]));
  if (!parents.has(runId)) {
    throw new GenblazeError("STORAGE_NOT_FOUND", `The storage holds no manifest of run ${JSON.stringify(runId)}.`, {
      details: { runId },
    });
  }
  const children = groupChildren(
    runs.flatMap(({ node, parents: named }) => named.map((parent) => ({ child: node.runId, parent }))),
  );
  const ancestors = reach(runId, (id) => parents.get(id) ?? []);
  const descendants = reach(runId, (id) => children.get(id) ?? []);
  return runs.filter(({ node }) => ancestors.has(node.runId) || descendants.has(node.runId));
}

function reach(start: string, next: (id: string) => readonly string[]): ReadonlySet<string> {
  const reached = new Set([start]);
  // A set's iteration goes on through what is added meanwhile.
  for (const id of reached) for (const other of next(id)) reached.add(other);
  return reached;
}

function groupChildren(edges: readonly LineageEdge[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { parent, child } of edges) {
    const group = groups.get(parent);
    if (group === undefined) groups.set(parent, [child]);
    else group.push(child);
  }
  return groups;
}

function sharedAssets(runs: readonly StoredRun[]): readonly SharedAsset[] {
  const uses = new Map<string, { runId: string; as: "input" | "output" }[]>();
  for (const { node, inputs, outputs } of runs) {
    for (const sha256 of new Set([...outputs, ...inputs])) {
      const use = { runId: node.runId, as: outputs.has(sha256) ? ("output" as const) : ("input" as const) };
      const known = uses.get(sha256);
      if (known === undefined) uses.set(sha256, [use]);
      else known.push(use);
    }
  }
  return [...uses].flatMap(([sha256, all]) => {
    if (all.length < 2) return [];
    // Runs come in order of time.
    const maker = all.find((use) => use.as === "output");
    return [{ sha256, madeBy: maker?.runId ?? null, usedBy: all.filter((use) => use !== maker) }];
  });
}

function assertStorage(storage: unknown): void {
  const isObject = typeof storage === "object" && storage !== null;
  if (isObject && ["list", "get"].every((method) => typeof Reflect.get(storage, method) === "function")) return;
  const message = `lineage(storage): a storage like folder("out") is expected; ${describeValue(storage)} was given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}
