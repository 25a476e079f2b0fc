import { describe, expect, it } from "vitest";
import { image } from "../../test/run-support.js";
import { rejection } from "../../test/thrown.js";
import { createAsset, createRun, createStep } from "../manifest/create-model.js";
import { Manifest } from "../manifest/manifest.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { memoryStorage } from "../storage/memory-storage.js";
import { objectStorageSink } from "../storage/object-storage-sink.js";
import type { Storage } from "../storage/storage.js";
import { describeLineage } from "./describe-lineage.js";
import { lineage } from "./lineage.js";

const hash = (digit: string) => digit.repeat(64);
const when = (minute: number) => `2026-01-15T12:${String(minute).padStart(2, "0")}:00Z`;

interface Told {
  readonly parents?: readonly string[];
  readonly makes?: readonly string[];
  readonly takes?: readonly string[];
  readonly minute?: number;
}

/** The manifest of a run that made and took assets of these hashes. */
function told(runId: string, { parents = [], makes = [], takes = [], minute = 0 }: Told): Manifest {
  const asset = (digit: string) =>
    createAsset({ assetId: `${runId}-${digit}`, url: "https://x/y.png", mediaType: "image/png", sha256: hash(digit) });
  const made = { assets: makes.map(asset), inputs: takes.map(asset) };
  const steps = [createStep({ stepId: "s", provider: "p", model: "m", ...made })];
  const metadata = parents.length < 2 ? {} : { parent_run_ids: [...parents] };
  const parentRunId = parents[0] ?? null;
  return Manifest.fromRun(
    createRun({ runId, name: `run ${runId}`, createdAt: when(minute), parentRunId, metadata, steps }),
  );
}

async function storageOf(manifests: Readonly<Record<string, string | Manifest>>): Promise<Storage> {
  const storage = memoryStorage();
  for (const [key, held] of Object.entries(manifests)) {
    const text = typeof held === "string" ? held : held.toCanonicalJson();
    await storage.put(key, new TextEncoder().encode(text));
  }
  return storage;
}

const keyOf = (runId: string) => `genblaze/manifests/${runId}.json`;

/** A storage in which each run stands under its own id. */
function runsOf(runs: Readonly<Record<string, Told>>): Promise<Storage> {
  const entries = Object.entries(runs).map(([id, facts], minute) => [keyOf(id), told(id, { minute, ...facts })]);
  return storageOf(Object.fromEntries(entries));
}

describe("lineage", () => {
  it("walks parents, forks, missing parents and shared assets, oldest run first", async () => {
    const storage = await runsOf({
      c: { parents: ["a", "gone"], takes: ["1"], minute: 3 },
      a: { makes: ["1"], minute: 1 },
      b: { parents: ["a"], makes: ["1", "2"], minute: 2 },
      d: { parents: ["c"], takes: ["9"], minute: 4 },
      e: { takes: ["9"], minute: 5 },
    });
    const found = await lineage(storage);
    expect(found.nodes.map(({ runId }) => runId)).toEqual(["a", "b", "c", "d", "e"]);
    expect(found.nodes[2]).toEqual({
      runId: "c",
      name: "run c",
      createdAt: when(3),
      status: "pending",
      key: keyOf("c"),
      otherKeys: [],
      manifestHash: "matches",
    });
    expect(found.edges).toEqual([
      { child: "b", parent: "a" },
      { child: "c", parent: "a" },
      { child: "c", parent: "gone" },
      { child: "d", parent: "c" },
    ]);
    expect(found.forks).toEqual([{ parent: "a", children: ["b", "c"] }]);
    expect(found.missingParents).toEqual([{ runId: "gone", children: ["c"] }]);
    expect(found.sharedAssets).toEqual([
      {
        sha256: hash("1"),
        madeBy: "a",
        usedBy: [
          { runId: "b", as: "output" },
          { runId: "c", as: "input" },
        ],
      },
      {
        sha256: hash("9"),
        madeBy: null,
        usedBy: [
          { runId: "d", as: "input" },
          { runId: "e", as: "input" },
        ],
      },
    ]);
    expect([found.unreadable, found.isTruncated]).toEqual([[], false]);
    expect(describeLineage(found).split("\n")).toEqual([
      "5 runs, 1 forks, 2 shared assets",
      `  a run a, ${when(1)}, pending`,
      `    b run b, ${when(2)}, pending`,
      `    c run c, ${when(3)}, pending`,
      `      d run d, ${when(4)}, pending`,
      `  e run e, ${when(5)}, pending`,
      "parents that are not stored:",
      "  gone of c",
      "shared assets:",
      "  111111111111 made by a, in b (output), c (input)",
      "  999999999999 from outside, in d (input), e (input)",
    ]);
  });

  it("tells of one run its ancestors and descendants only", async () => {
    const storage = await runsOf({
      a: { makes: ["1"] },
      b: { parents: ["a"], makes: ["1"] },
      c: { parents: ["b", "x"], makes: ["1"] },
      sibling: { parents: ["a"], makes: ["1"] },
      other: {},
    });
    const found = await lineage(storage, { runId: "b" });
    expect(found.nodes.map(({ runId }) => runId)).toEqual(["a", "b", "c"]);
    expect(found.forks).toEqual([]);
    expect(found.missingParents).toEqual([{ runId: "x", children: ["c"] }]);
    expect(found.sharedAssets[0]?.usedBy.map(({ runId }) => runId)).toEqual(["b", "c"]);
    expect((await rejection(lineage(storage, { runId: "nobody" }))).code).toBe("STORAGE_NOT_FOUND");
  });

  it("comes to an end where runs name each other or themselves as parent", async () => {
    const storage = await runsOf({ a: { parents: ["b"] }, b: { parents: ["a"] }, self: { parents: ["self"] } });
    const found = await lineage(storage);
    expect(describeLineage(found).split("\n").slice(1)).toEqual([
      `  self run self, ${when(2)}, pending`,
      `    self run self, ${when(2)}, pending (see above)`,
      `  a run a, ${when(0)}, pending`,
      `    b run b, ${when(1)}, pending`,
      `      a run a, ${when(0)}, pending (see above)`,
    ]);
    expect((await lineage(storage, { runId: "a" })).nodes.map(({ runId }) => runId)).toEqual(["a", "b"]);
  });

  it("describes a long line of runs", async () => {
    const ids = Array.from({ length: 2000 }, (_, index) => String(index));
    const nodes = ids.map((runId) => ({
      runId,
      name: null,
      createdAt: when(0),
      status: "completed" as const,
      key: runId,
      otherKeys: [],
      manifestHash: "differs" as const,
    }));
    const edges = ids.slice(1).map((child) => ({ child, parent: String(Number(child) - 1) }));
    const bare = { forks: [], missingParents: [], sharedAssets: [], unreadable: [], isTruncated: true };
    const lines = describeLineage({ nodes, edges, ...bare }).split("\n");
    expect(lines[2000]).toBe(`${" ".repeat(82)}1999 unnamed, ${when(0)}, completed, manifest hash differs`);
    expect(lines[2001]).toBe("There are more manifests than were read.");
  });

  it("lists what it cannot read, and takes no other object for a manifest", async () => {
    const changed = told("changed", {}).toCanonicalJson().replace("run changed", "run forged");
    const storage = await storageOf({
      [keyOf("broken")]: "{",
      [keyOf("list")]: "[]",
      [keyOf("changed")]: changed,
      "genblaze/manifests/deeper/x.json": "{",
      "genblaze/assets/aa/bb/manifest.json": "{",
      "genblaze/runs/2026-01-15/r/assets/a.json": "{",
      "genblaze/_index/x.json": "{",
      "other/manifests/a.json": told("a", {}),
    });
    await storage.put(keyOf("large"), new Uint8Array(16 * 1024 * 1024 + 1));
    const found = await lineage(storage);
    expect(found.unreadable.map(({ key, code }) => [key, code])).toEqual([
      [keyOf("broken"), "INVALID_JSON"],
      [keyOf("large"), "MANIFEST_INVALID"],
      [keyOf("list"), "MANIFEST_INVALID"],
    ]);
    expect(found.nodes.map(({ runId, manifestHash }) => [runId, manifestHash])).toEqual([["changed", "differs"]]);
    expect(describeLineage(found)).toContain(`  ${keyOf("broken")}: INVALID_JSON: `);
    expect((await lineage(storage, { prefix: "other" })).nodes.map(({ runId }) => runId)).toEqual(["a"]);
    expect((await lineage(storage, { prefix: "empty" })).nodes).toEqual([]);
  });

  it("reads what sinks wrote in both layouts, and counts a run once", async () => {
    const storage = memoryStorage();
    const byContent = objectStorageSink(storage, { prefix: "out" });
    const pipeline = new Pipeline("p", { tenantId: "acme" }).step(image, { model: "m" });
    const first = await pipeline.run({ sink: objectStorageSink(storage, { layout: "by-run", prefix: "out" }) });
    await first.store(byContent);
    const second = await pipeline.run({ sink: byContent, parentRunIds: [first.runId, "elsewhere"] });
    const found = await lineage(storage, { prefix: "out" });
    expect(found.nodes.find(({ runId }) => runId === first.runId)).toMatchObject({
      key: `out/manifests/${first.runId}.json`,
      otherKeys: [`out/runs/acme/${first.run.createdAt.slice(0, 10)}/${first.runId}/manifest.json`],
    });
    expect(found.edges).toEqual([
      { child: second.runId, parent: first.runId },
      { child: second.runId, parent: "elsewhere" },
    ]);
    expect(found.sharedAssets).toHaveLength(1);
  });

  it("refuses wrong arguments and ends when it is cancelled", async () => {
    expect((await rejection(lineage({} as never))).code).toBe("INVALID_OPTION");
    const storage = await runsOf({ a: {} });
    expect((await rejection(lineage(storage, { run: "a" } as never))).code).toBe("INVALID_OPTION");
    expect((await rejection(lineage(storage, { signal: AbortSignal.abort() }))).code).toBe("CANCELLED");
    const ending = new AbortController();
    const ends: Storage = {
      ...storage,
      async get() {
        ending.abort();
        throw new Error("gone");
      },
    };
    expect((await rejection(lineage(ends, { signal: ending.signal }))).code).toBe("CANCELLED");
  });
});
