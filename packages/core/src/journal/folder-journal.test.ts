import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { appendAll, collect, entryOf, newRoot, removeRoots } from "../../test/journal/journal-support.js";
import { codeOf, rejection } from "../../test/thrown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { folderJournal } from "./folder-journal.js";
import type { JournalEntry } from "./journal.js";

afterAll(removeRoots);

const fileOf = (root: string) => join(root, "run", "journal.jsonl");
const lockOf = (root: string) => join(root, "run", "lock");
const lines = async (root: string) => (await readFile(fileOf(root), "utf8")).split("\n").slice(0, -1);

describe("folderJournal", () => {
  it("writes a header, claims and entries, each with its CRC-32", async () => {
    const root = await newRoot();
    await appendAll(folderJournal(root), [entryOf("run", 0)]);
    await appendAll(folderJournal(root), [entryOf("run", 1)]);
    expect(await lines(root)).toEqual([
      '{"genblaze":"journal","version":1,"run_id":"run","crc32":"71abab29"}',
      '{"token":1,"claim":true,"crc32":"fc177fe9"}',
      '{"token":1,"sequence":0,"at":1000,"transition":{"state":"ready","step":"step-0","mustWait":false},"crc32":"282c1590"}',
      '{"token":2,"claim":true,"crc32":"80765a32"}',
      '{"token":2,"sequence":1,"at":1001,"transition":{"state":"ready","step":"step-1","mustWait":false},"crc32":"c9b06386"}',
    ]);
  });

  it("keeps the bytes of a run beside its journal, for their owner only", async () => {
    const root = await newRoot();
    const journal = folderJournal(root);
    const claim = await journal.claim("run");
    await claim.spool?.put("a/b", new Uint8Array([1]));
    await claim.release();
    const modes = ["spool", "spool/a", "spool/a/b"].map(
      async (name) => (await stat(join(root, "run", name))).mode & 0o777,
    );
    expect(await Promise.all(modes)).toEqual([0o700, 0o700, 0o600]);
    expect((await readdir(join(root, "run"))).toSorted()).toEqual(["journal.jsonl", "spool"]);
  });

  it("makes its lock for the owner only, and takes it away with the release", async () => {
    const root = await newRoot();
    const claim = await folderJournal(root).claim("run");
    expect((await stat(lockOf(root))).mode & 0o777).toBe(0o600);
    await claim.release();
    await expect(stat(lockOf(root))).rejects.toThrow("ENOENT");
  });

  it.each([
    ["was taken away", (lock: string) => rm(lock)],
    ["is of somebody else", (lock: string) => writeFile(lock, JSON.stringify({ host: `${hostname()}-2`, pid: 1 }))],
  ])("refuses entries of a claim whose lock %s, and leaves the lock alone", async (_, change) => {
    const root = await newRoot();
    const journal = folderJournal(root);
    const claim = await journal.claim("run");
    await journal.append(entryOf("run", 0));
    await change(lockOf(root));
    const before = await readFile(lockOf(root), "utf8").catch(() => "none");
    for (const sequence of [1, 2]) {
      const error = await rejection(Promise.resolve(journal.append(entryOf("run", sequence))));
      expect([error.code, error.isRetryable]).toEqual(["JOURNAL_FAILED", false]);
      expect(GenblazeError.isInstance(error.cause) && error.cause.code).toBe("RUN_BUSY");
    }
    await claim.release();
    expect(await readFile(lockOf(root), "utf8").catch(() => "none")).toBe(before);
  });

  it("reads past what a writer wrote after its claim was taken over", async () => {
    const root = await newRoot();
    const [stale, fresh] = [folderJournal(root), folderJournal(root)];
    const lost = await stale.claim("run");
    await stale.append(entryOf("run", 0));
    await rm(lockOf(root));
    const claim = await fresh.claim("run");
    const late: JournalEntry = entryOf("run", 1, { state: "retaken", step: "stale" });
    expect((await rejection(Promise.resolve(stale.append(late)))).code).toBe("JOURNAL_FAILED");
    expect((await rejection(Promise.resolve(stale.append(entryOf("run", 2))))).code).toBe("JOURNAL_FAILED");
    await fresh.append(entryOf("run", 1));
    await Promise.all([lost.release(), fresh.append(entryOf("run", 2))]);
    expect((await lines(root)).filter((line) => line.includes("stale"))).toHaveLength(1);
    const whole = [0, 1, 2].map((sequence) => entryOf("run", sequence));
    expect(await collect(fresh.read("run"))).toEqual(whole);
    expect((await rejection(folderJournal(root).claim("run"))).code).toBe("RUN_BUSY");
    await claim.release();
    await fresh.compact("run");
    expect((await lines(root)).filter((line) => line.includes("stale"))).toEqual([]);
    expect(await collect(fresh.read("run"))).toEqual(whole);
  });

  it("leaves folders alone that are not of a journal", async () => {
    const root = await newRoot();
    const journal = folderJournal(root);
    await appendAll(journal, [entryOf("run", 0)]);
    for (const name of ["empty", "mine", "copy"]) await mkdir(join(root, name));
    await writeFile(join(root, "mine", "journal.jsonl"), "my own words\n");
    await writeFile(join(root, "copy", "journal.jsonl"), await readFile(fileOf(root)));
    await writeFile(join(root, "a-file"), "");
    expect((await collect(journal.list())).map(({ runId }) => runId)).toEqual(["run"]);
    for (const runId of ["empty", "mine", "a-file"]) {
      await journal.remove(runId);
      await journal.compact(runId);
    }
    expect((await readdir(root)).toSorted()).toEqual(["a-file", "copy", "empty", "mine", "run"]);
    expect(await readdir(join(root, "empty"))).toEqual([]);
    expect(await readFile(join(root, "mine", "journal.jsonl"), "utf8")).toBe("my own words\n");
    expect(await collect(journal.read("empty"))).toEqual([]);
  });

  it("lists a run by its last entry, however far that is from the end", async () => {
    const root = await newRoot();
    const journal = folderJournal(root);
    await appendAll(journal, [entryOf("run", 0), entryOf("run", 1), entryOf("run", 2)]);
    const [header, claim, ...entries] = await lines(root);
    const claims = Array.from({ length: 20_000 }, () => claim);
    await writeFile(fileOf(root), `${[header, claim, ...entries, ...claims].join("\n")}\n{"torn`);
    expect(await collect(journal.list())).toEqual([{ runId: "run", isClaimed: false, changedAt: 1_002 }]);
    await writeFile(fileOf(root), `${[header, ...claims].join("\n")}\n`);
    expect(await collect(journal.list())).toEqual([]);
  });

  it("says that a large entry could not be kept, and takes the next", async () => {
    const root = await newRoot();
    const journal = folderJournal(root);
    const claim = await journal.claim("run");
    await journal.append(entryOf("run", 0));
    // A large entry needs a folder where there is a file now.
    await writeFile(join(root, "run", "blobs"), "");
    const large = entryOf("run", 1, { state: "submitted", step: "s", operation: "x".repeat(70_000) });
    const error = await rejection(Promise.resolve(journal.append(large)));
    expect([error.code, error.isRetryable, error.details]).toEqual(["JOURNAL_FAILED", true, { runId: "run" }]);
    await journal.append(entryOf("run", 2));
    await claim.release();
    expect(await collect(journal.read("run"))).toEqual([entryOf("run", 0), entryOf("run", 2)]);
  });

  it.each([
    ["a sequence below 0", { sequence: -1 }],
    ["half a sequence", { sequence: 0.5 }],
    ["no time", { at: Number.NaN }],
    ["a number without JSON", { transition: { state: "submitted", step: "s", operation: 1n as never } as const }],
  ])("refuses an entry with %s, and takes the next", async (_, wrong) => {
    const journal = folderJournal(await newRoot());
    const claim = await journal.claim("run");
    const appending = journal.append({ ...entryOf("run", 0), ...wrong });
    expect((await rejection(Promise.resolve(appending))).code).toBe("JOURNAL_FAILED");
    await journal.append(entryOf("run", 0));
    await claim.release();
    expect(await collect(journal.read("run"))).toEqual([entryOf("run", 0)]);
  });

  it("refuses a path that is none, ids that are none, and what is no folder", async () => {
    expect(codeOf(() => folderJournal(""))).toBe("INVALID_OPTION");
    const journal = folderJournal(await newRoot());
    for (const runId of ["", "x".repeat(201), "\ud800"]) {
      const work = [journal.claim(runId), collect(journal.read(runId)), journal.remove(runId), journal.compact(runId)];
      for (const each of work) expect((await rejection(each)).code).toBe("INVALID_OPTION");
    }
    const file = join(await newRoot(), "..", "..", "file");
    await writeFile(file, "");
    const inFile = folderJournal(file);
    const work = [inFile.claim("run"), collect(inFile.list())];
    for (const each of work) expect((await rejection(each)).code).toBe("JOURNAL_FAILED");
    expect(await collect(inFile.read("run"))).toEqual([]);
  });
});
