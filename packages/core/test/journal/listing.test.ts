import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { folderJournal } from "../../src/journal/index.js";
import { appendAll, collect, entryOf, newRoot, removeRoots } from "./journal-support.js";

afterAll(removeRoots);

/** A folder with two runs; what is done to the file of the second one. */
async function listedAfter(change: (file: string) => Promise<void>) {
  const root = await newRoot();
  await appendAll(folderJournal(root), [entryOf("fine", 0)]);
  await appendAll(folderJournal(root), [entryOf("run", 0)]);
  await change(join(root, "run", "journal.jsonl"));
  const runs = await collect(folderJournal(root).list());
  return { root, runs: runs.toSorted((left, right) => (left.runId < right.runId ? -1 : 1)) };
}

const edit = (how: (text: string) => string) => async (file: string) =>
  writeFile(file, how(await readFile(file, "utf8")));

const replaced = (make: (file: string) => Promise<unknown>) => async (file: string) => {
  await rm(file);
  await make(file);
};

describe("folderJournal().list()", () => {
  it.each([
    [
      "a damaged first line",
      edit((text) => text.replace('"run_id":"run"', '"run_id":"ran"')),
      /Line 1 .*cannot be read/,
    ],
    ["a newer version", edit((text) => text.replace('"version":1', '"version":99')), /version 99/],
    ["no line but damaged ones", edit((text) => text.replaceAll('"token"', '"taken"')), /Line 2 .*cannot be read/],
    // As root may enter every folder, one without permission is stood for by what nobody can open.
    ["a file that cannot be opened", replaced((file) => symlink(file, file)), /could not be opened \(ELOOP\)/],
    ["a folder in the place of its file", replaced((file) => mkdir(file)), /could not be listed \(EISDIR\)/],
  ])("lists a run with %s with what is wrong, beside the others, and prune leaves it", async (_, change, message) => {
    const { root, runs } = await listedAfter(change);
    expect(runs.map(({ runId, isClaimed, problem }) => [runId, isClaimed, problem?.code])).toEqual([
      ["fine", false, undefined],
      ["run", false, "JOURNAL_FAILED"],
    ]);
    expect(runs[1]?.problem?.message).toMatch(message);
    expect(runs[1]?.changedAt).toBeGreaterThan(0);
    expect(await folderJournal(root).prune({ endedBefore: Number.MAX_SAFE_INTEGER })).toEqual([]);
    expect(await collect(folderJournal(root).list())).toHaveLength(2);
  });

  it("passes over what is no run of a journal, and a run without an entry", async () => {
    const root = await newRoot();
    await (await folderJournal(root).claim("empty")).release();
    await mkdir(join(root, "photos"));
    await writeFile(join(root, "photos", "journal.jsonl"), "dear diary\n");
    expect(await collect(folderJournal(root).list())).toEqual([]);
  });
});
