import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { folderJournal } from "../../src/journal/folder-journal.js";
import { rejection } from "../thrown.js";
import { appendAll, collect, entryOf, newRoot, removeRoots } from "./journal-support.js";

afterAll(removeRoots);

const large = entryOf("run", 0, { state: "submitted", step: "s", operation: "x".repeat(100_000) });

async function writtenJournal() {
  const root = await newRoot();
  await appendAll(folderJournal(root), [large, entryOf("run", 1)]);
  const blobs = join(root, "run", "blobs");
  const [name = ""] = await readdir(blobs);
  return { root, blob: join(blobs, name) };
}

describe("an entry that is too large for a line", () => {
  it("is kept in a file of its own, for its owner only, and its line says which", async () => {
    const { root, blob } = await writtenJournal();
    expect((await stat(blob)).mode & 0o777).toBe(0o600);
    const lines = (await readFile(join(root, "run", "journal.jsonl"), "utf8")).split("\n");
    const { size } = await stat(blob);
    expect(JSON.parse(lines[2] ?? "")).toMatchObject({
      sequence: 0,
      blob: { sha256: blob.slice(-64), size_bytes: size },
    });
    expect(await collect(folderJournal(root).read("run"))).toEqual([large, entryOf("run", 1)]);
  });

  it.each([
    ["gone", async (path: string) => rm(path)],
    ["shorter", async (path: string) => writeFile(path, (await readFile(path)).subarray(1))],
    ["another one of its size", async (path: string) => writeFile(path, Buffer.alloc((await stat(path)).size, "y"))],
  ])("is an error that names the line when its file is %s", async (_, change) => {
    const { root, blob } = await writtenJournal();
    await change(blob);
    const error = await rejection(collect(folderJournal(root).read("run")));
    expect([error.code, error.isRetryable, error.details]).toEqual([
      "JOURNAL_FAILED",
      false,
      { runId: "run", line: 3 },
    ]);
  });
});
