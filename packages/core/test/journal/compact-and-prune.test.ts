import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { folderJournal } from "../../src/journal/folder-journal.js";
import type { JournalEntry } from "../../src/journal/journal.js";
import type { RunEndStatus, Transition } from "../../src/run/transitions.js";
import { rejection } from "../thrown.js";
import { allTransitions } from "./all-transitions.js";
import { appendAll, collect, entryOf, newRoot, removeRoots } from "./journal-support.js";

afterAll(removeRoots);

const fileOf = (root: string) => join(root, "run", "journal.jsonl");

/** A journal with entries out of order, twice, of two writers, and a large one that came twice. */
async function untidy(): Promise<{ readonly root: string; readonly read: readonly JournalEntry[] }> {
  const root = await newRoot();
  const journal = folderJournal(root);
  const entries = allTransitions.map((transition, sequence) => entryOf("run", sequence, transition));
  const other = entryOf("run", 21, { state: "submitted", step: "large", operation: "y".repeat(70_000) });
  await appendAll(journal, entries.toReversed());
  await appendAll(journal, [...entries, other, entryOf("run", 50)]);
  return { root, read: await collect(journal.read("run")) };
}

describe("compact", () => {
  it("leaves what is read as it is, without what came twice and claims that are over", async () => {
    const { root, read } = await untidy();
    const journal = folderJournal(root);
    expect(await readdir(join(root, "run", "blobs"))).toHaveLength(2);
    await journal.compact("run");
    expect(await collect(journal.read("run"))).toEqual(read);
    const lines = (await readFile(fileOf(root), "utf8")).split("\n");
    expect(lines).toHaveLength(1 + read.length + 1 + 1);
    expect(await readdir(join(root, "run", "blobs"))).toHaveLength(1);
    expect((await readdir(join(root, "run"))).toSorted()).toEqual(["blobs", "journal.jsonl"]);
  });

  it("keeps tokens growing, and gives the same when done again", async () => {
    const { root, read } = await untidy();
    const journal = folderJournal(root);
    await journal.compact("run");
    const once = await readFile(fileOf(root), "utf8");
    await journal.compact("run");
    expect(await readFile(fileOf(root), "utf8")).toBe(once);
    const claim = await journal.claim("run");
    expect(claim.token).toBe(3);
    await journal.append(entryOf("run", 51));
    await claim.release();
    expect(await collect(journal.read("run"))).toEqual([...read, entryOf("run", 51)]);
  });

  it("loses nothing when a crash leaves any part of the new file", async () => {
    const { root, read } = await untidy();
    const before = await readFile(fileOf(root));
    const journal = folderJournal(root);
    await journal.compact("run");
    const after = await readFile(fileOf(root));
    // Blobs go when the new file is in its place; a crash before leaves them.
    for (let size = 0; size <= after.byteLength; size += size % 7 === 0 ? 5 : 12) {
      await writeFile(fileOf(root), before.subarray(0, before.byteLength));
      await writeFile(`${fileOf(root)}.compacted`, after.subarray(0, size));
      expect(await collect(journal.read("run")), `cut at ${size}`).toEqual(read);
      await journal.compact("run");
      expect(await readFile(fileOf(root)), `cut at ${size}`).toEqual(after);
    }
  });

  it("is refused while somebody has claimed the run, leaves a damaged one, and knows nothing of others", async () => {
    const { root } = await untidy();
    const journal = folderJournal(root);
    const claim = await journal.claim("run");
    expect((await rejection(journal.compact("run"))).code).toBe("RUN_BUSY");
    await claim.release();
    const damaged = (await readFile(fileOf(root), "utf8")).replace("frame", "freme");
    await writeFile(fileOf(root), damaged);
    expect((await rejection(journal.compact("run"))).code).toBe("JOURNAL_FAILED");
    expect(await readFile(fileOf(root), "utf8")).toBe(damaged);
    expect(await readdir(join(root, "run"))).not.toContain("lock");
    await journal.compact("nobody");
    expect(await readdir(root)).toEqual(["run"]);
  });
});

const ended = (status: RunEndStatus): Transition => ({
  state: "run.ended",
  endedAt: 2_000,
  status,
  manifestHash: "",
  error: undefined,
});

describe("prune", () => {
  it("forgets runs that ended before a moment and says which, whichever way they ended", async () => {
    const root = await newRoot();
    const journal = folderJournal(root);
    for (const status of ["completed", "failed", "cancelled", "waiting"] as const) {
      await appendAll(journal, [entryOf(status, 0), entryOf(status, 1, ended(status))]);
    }
    await appendAll(journal, [entryOf("under way", 0)]);
    await appendAll(journal, [entryOf("resumed", 0, ended("failed")), entryOf("resumed", 1, { state: "run.resumed" })]);
    await appendAll(journal, [entryOf("late", 5, ended("completed"))]);
    await mkdir(join(root, ".removed-by-a-crash"));
    expect((await journal.prune({ endedBefore: 1_005 })).toSorted()).toEqual(["cancelled", "completed", "failed"]);
    const left = (await collect(journal.list())).map(({ runId }) => runId);
    expect(left.toSorted()).toEqual(["late", "resumed", "under way", "waiting"]);
    expect(await readdir(root)).toHaveLength(4);
    expect(await journal.prune({ endedBefore: 1_006 })).toEqual(["late"]);
  });

  it("leaves runs that somebody has claimed, that are damaged, or that go on behind an end out of order", async () => {
    const root = await newRoot();
    const journal = folderJournal(root);
    await appendAll(journal, [entryOf("run", 0, ended("failed"))]);
    await appendAll(journal, [entryOf("claimed", 0, ended("failed"))]);
    await appendAll(journal, [entryOf("unordered", 1), entryOf("unordered", 0, ended("failed"))]);
    const text = await readFile(fileOf(root), "utf8");
    await writeFile(fileOf(root), text.replace('"claim":true', '"claim":trye'));
    const claim = await journal.claim("claimed");
    expect(await journal.prune({ endedBefore: 9_999 })).toEqual([]);
    await claim.release();
    expect(await journal.prune({ endedBefore: 9_999 })).toEqual(["claimed"]);
  });

  it("does nothing where nothing is, refuses options that are none, and ends when it is told to", async () => {
    const journal = folderJournal(await newRoot());
    expect(await journal.prune({ endedBefore: 1 })).toEqual([]);
    const wrong = [{}, { endedBefore: "1" }, { endedBefore: 1, endedAfter: 2 }, { endedBefore: 1, signal: {} }];
    for (const options of wrong) {
      expect((await rejection(journal.prune(options as never))).code).toBe("INVALID_OPTION");
    }
    await appendAll(journal, [entryOf("run", 0, ended("failed"))]);
    const signal = AbortSignal.abort();
    expect((await rejection(journal.prune({ endedBefore: 9_999, signal }))).code).toBe("CANCELLED");
  });
});
