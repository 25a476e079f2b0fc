import { copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { folderJournal } from "../../src/journal/folder-journal.js";
import type { JournalEntry } from "../../src/journal/journal.js";
import { rejection } from "../thrown.js";
import { allTransitions } from "./all-transitions.js";
import { appendAll, collect, entryOf, newRoot, removeRoots } from "./journal-support.js";

afterAll(removeRoots);

const entries = allTransitions.map((transition, sequence) => entryOf("run", sequence, transition));
/** As JSON gives them back: without fields that are undefined. */
const plain = (given: readonly JournalEntry[]): unknown => JSON.parse(JSON.stringify(given));

interface Written {
  readonly root: string;
  readonly path: string;
  readonly bytes: Buffer;
}

async function writtenJournal(given: readonly JournalEntry[]): Promise<Written> {
  const root = await newRoot();
  await appendAll(folderJournal(root), given);
  const path = join(root, "run", "journal.jsonl");
  return { root, path, bytes: await readFile(path) };
}

/** How many entries stand wholly in the first bytes of a file whose first two lines are header and claim. */
function wholeEntries(bytes: Buffer, size: number): number {
  const lines = bytes.subarray(0, size).toString("latin1").split("\n").length - 1;
  return Math.max(0, lines - 2);
}

describe("the file of a journal", () => {
  it("gives back every kind of entry, in a file for its owner only", async () => {
    const { root, path, bytes } = await writtenJournal(entries);
    expect(await collect(folderJournal(root).read("run"))).toEqual(plain(entries));
    expect(bytes.byteLength).toBeLessThan(65_536);
    const modes = await Promise.all([path, root, join(root, "run"), join(root, "run", "blobs")].map(modeOf));
    expect(modes).toEqual([0o600, 0o700, 0o700, 0o700]);
  });

  it("loads to its last whole entry when it was cut at any byte", async () => {
    const { root, path, bytes } = await writtenJournal(entries);
    for (let size = 0; size <= bytes.byteLength; size++) {
      await writeFile(path, bytes.subarray(0, size));
      const read = await collect(folderJournal(root).read("run"));
      expect(read, `cut at ${size}`).toEqual(plain(entries.slice(0, wholeEntries(bytes, size))));
    }
  });

  it("ends in a whole line after a claim wherever it was cut, and goes on behind it", async () => {
    const { root, path, bytes } = await writtenJournal(entries.slice(0, 2));
    for (let size = 0; size <= bytes.byteLength; size++) {
      await writeFile(path, bytes.subarray(0, size));
      const journal = folderJournal(root);
      const claim = await journal.claim("run");
      const lines = (await readFile(path, "utf8")).split("\n");
      expect(lines.slice(0, -1).map((line) => typeof JSON.parse(line))).toEqual(lines.slice(1).map(() => "object"));
      await journal.append(entryOf("run", 9));
      await claim.release();
      const whole = [...entries.slice(0, wholeEntries(bytes, size)), entryOf("run", 9)];
      expect(await collect(folderJournal(root).read("run")), `cut at ${size}`).toEqual(plain(whole));
    }
  });

  it("names the line of any bit that was flipped, and never leaves an entry out", async () => {
    const { root, path, bytes } = await writtenJournal(entries);
    for (let place = 0; place < bytes.byteLength; place++) await expectDamage(root, path, bytes, place, place % 8);
  });

  it("does so for each bit of a byte", async () => {
    const { root, path, bytes } = await writtenJournal(entries.slice(0, 2));
    for (let place = 0; place < 8 * bytes.byteLength; place++) {
      await expectDamage(root, path, bytes, place >> 3, place % 8);
    }
  });

  it.each([
    ["half a line of others", "hello"],
    ["zeros without an end", "\0".repeat(5_000)],
    ["zeros and the end of a line", `${"\0".repeat(5_000)},"crc32":"00000000"}\n`],
  ])("leaves out %s behind its last line", async (_, rest) => {
    const { root, path, bytes } = await writtenJournal(entries);
    await writeFile(path, Buffer.concat([bytes, Buffer.from(rest)]));
    expect(await collect(folderJournal(root).read("run"))).toEqual(plain(entries));
    await appendAll(folderJournal(root), [entryOf("run", 99)]);
    expect(await collect(folderJournal(root).read("run"))).toEqual(plain([...entries, entryOf("run", 99)]));
  });

  it.each([
    ["a text", "hello\n", 1],
    ["a text without an end", "hello", 1],
    ["a line that is too long", `${"x".repeat(70_000)}\n`, 1],
    ["JSON of others", '{"genblaze":"ledger","version":1}\n', 1],
  ])("is refused when it is %s, and stays as it is", async (_, text, line) => {
    const { root, path } = await writtenJournal(entries.slice(0, 1));
    await writeFile(path, text);
    for (const work of [collect(folderJournal(root).read("run")), folderJournal(root).claim("run")]) {
      const error = await rejection(work);
      expect([error.code, error.isRetryable, error.details.line]).toEqual(["JOURNAL_FAILED", false, line]);
    }
    expect(await readFile(path, "utf8")).toBe(text);
    await expect(stat(join(root, "run", "lock"))).rejects.toThrow("ENOENT");
  });

  it("is refused under the id of another run", async () => {
    const { root, path } = await writtenJournal(entries);
    await mkdir(join(root, "other"));
    await copyFile(path, join(root, "other", "journal.jsonl"));
    expect((await rejection(collect(folderJournal(root).read("other")))).message).toContain("it is of another run");
    expect((await collect(folderJournal(root).list())).map(({ runId }) => runId)).toEqual(["run"]);
  });

  it("is refused when a newer release wrote it", async () => {
    const { root, path } = await writtenJournal(entries.slice(0, 1));
    await writeFile(path, '{"genblaze":"journal","version":2,"run_id":"run"}\n');
    const error = await rejection(collect(folderJournal(root).read("run")));
    expect([error.code, error.details]).toEqual(["JOURNAL_FAILED", { runId: "run", version: 2 }]);
    expect(error.message).toContain("Use a newer release");
  });
});

async function expectDamage(root: string, path: string, bytes: Buffer, place: number, bit: number): Promise<void> {
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(bytes.readUInt8(place) ^ (1 << bit), place);
  await writeFile(path, flipped);
  const error = await rejection(collect(folderJournal(root).read("run")));
  const where = `byte ${place}, bit ${bit}`;
  expect(error.code, where).toBe("JOURNAL_FAILED");
  if (error.details.version !== undefined) return; // the digit of the version itself
  const line = bytes.subarray(0, place).toString("latin1").split("\n").length;
  expect(error.details.line, where).toBe(line);
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}
