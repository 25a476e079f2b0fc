import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { codeOf, rejection } from "../../test/thrown.js";
import { fileLedger } from "./file-ledger.js";
import { readLedger } from "./ledger-lines.js";

const folders: string[] = [];

afterAll(async () => {
  await Promise.all(folders.map((path) => rm(path, { recursive: true, force: true })));
});

async function newPath(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "genblaze-ledger-"));
  folders.push(path);
  return join(path, "made-when-needed", "batch.jsonl");
}

async function written(path: string, ...keys: string[]): Promise<void> {
  const session = await fileLedger(path).open();
  await Promise.all(keys.map((key, place) => session.record(key, { place })));
  await session.close();
}

async function read(path: string, key: string): Promise<unknown> {
  const session = await fileLedger(path).open();
  const facts = await session.get(key);
  await session.close();
  return facts;
}

const header = '{"genblaze":"ledger","version":1}\n';
const lockOf = (path: string) => `${path}.lock`;

describe("fileLedger", () => {
  it("writes a header and a line of JSON for each entry, for its owner only", async () => {
    const path = await newPath();
    await written(path, "a", "b");
    expect(await readFile(path, "utf8")).toBe(
      `${header}{"key":"a","facts":{"place":0}}\n{"key":"b","facts":{"place":1}}\n`,
    );
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("knows after being opened anew what was recorded, the last entry of a key", async () => {
    const path = await newPath();
    await written(path, "a", "b", "a");
    expect([await read(path, "a"), await read(path, "b"), await read(path, "c")]).toEqual([
      { place: 2 },
      { place: 1 },
      undefined,
    ]);
  });

  it("keeps every whole line of a file that was cut anywhere, and goes on behind it", async () => {
    const whole = await newPath();
    await written(whole, "a", "b");
    const text = await readFile(whole, "utf8");
    const ends = [...text.matchAll(/\n/g)].map(({ index }) => index + 1);
    const path = await newPath();
    await written(path);
    for (let size = 0; size <= text.length; size++) {
      await writeFile(path, text);
      await truncate(path, size);
      const session = await fileLedger(path).open();
      const known = ["a", "b"].filter((key) => session.get(key) !== undefined);
      expect(known, `cut at ${size}`).toEqual(
        ["a", "b"].slice(0, Math.max(0, ends.filter((end) => end <= size).length - 1)),
      );
      await session.record("c", {});
      await session.close();
      expect(await read(path, "c"), `cut at ${size}`).toEqual({});
    }
  });

  it.each([
    ["a text", "hello\n"],
    ["a text without an end", "hello"],
    ["JSON of others", '{"key":"a","facts":{}}\n'],
    ["a line that is no JSON", `${header}{"key":\n`],
    ["a line without facts", `${header}{"key":"a"}\n`],
    ["a line with other facts", `${header}{"key":"a","facts":[]}\n`],
    ["a line without a key", `${header}{"key":7,"facts":{}}\n`],
    ["an empty line", `${header}\n`],
    ["a line without end that is too long", `${header}${"x".repeat(70_000)}`],
    ["a line that is too long", `${header}"${"x".repeat(70_000)}"\n`],
  ])("refuses %s and leaves it as it is", async (_, text) => {
    const path = await newPath();
    await written(path);
    await writeFile(path, text);
    expect((await rejection(fileLedger(path).open())).code).toBe("INVALID_JSON");
    expect(await readFile(path, "utf8")).toBe(text);
    await expect(stat(lockOf(path))).rejects.toThrow("ENOENT");
  });

  it("reads the same in whatever pieces a file comes", async () => {
    const lines = fc.array(
      fc.record({ key: fc.string({ minLength: 1 }), facts: fc.dictionary(fc.string(), fc.integer()) }),
    );
    const pieces = (bytes: Uint8Array, size: number) =>
      Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
    async function* stream(all: readonly Uint8Array[]) {
      yield* all;
    }
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 50 }), async (entries, size) => {
        const bytes = Buffer.from(header + entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
        const text = await readLedger(stream(pieces(bytes, size)));
        expect(text.wholeBytes).toBe(bytes.length);
        expect(text.entries).toEqual(new Map(entries.map(({ key, facts }) => [key, facts])));
      }),
    );
  });

  it("is used by one ledger at a time, and free when its last session has ended", async () => {
    const path = await newPath();
    const ledger = fileLedger(path);
    const [first, second] = [await ledger.open(), await ledger.open()];
    const error = await rejection(fileLedger(path).open());
    expect([error.code, error.details.lock]).toEqual(["STORAGE_FAILED", lockOf(path)]);
    await first.close();
    await first.close();
    expect((await rejection(fileLedger(path).open())).code).toBe("STORAGE_FAILED");
    await second.record("a", {});
    await second.close();
    expect(await read(path, "a")).toEqual({});
    const again = await ledger.open();
    expect(again.get("a")).toEqual({});
    await again.close();
  });

  it("takes over the lock of a process that is gone, and of its own id before a restart", async () => {
    const path = await newPath();
    await written(path);
    const gone = Number(execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }));
    for (const holder of [
      { host: hostname(), pid: gone, startedAt: 1 },
      { host: hostname(), pid: process.pid, startedAt: 1 },
    ]) {
      await writeFile(lockOf(path), JSON.stringify(holder));
      await written(path, "a");
      await expect(stat(lockOf(path))).rejects.toThrow("ENOENT");
    }
  });

  it.each([
    ["a living process", JSON.stringify({ host: hostname(), pid: process.ppid, startedAt: 1 })],
    ["another machine", JSON.stringify({ host: `${hostname()}-other`, pid: 1, startedAt: 1 })],
    ["somebody who has just created it", ""],
    ["somebody unknown", "hello"],
    ["a group of processes", JSON.stringify({ host: hostname(), pid: -1, startedAt: 1 })],
  ])("leaves the lock of %s", async (_, text) => {
    const path = await newPath();
    await written(path);
    await writeFile(lockOf(path), text);
    expect((await rejection(fileLedger(path).open())).code).toBe("STORAGE_FAILED");
    expect(await readFile(lockOf(path), "utf8")).toBe(text);
  });

  it("lets one of many that find the lock of a gone process take it over", async () => {
    const path = await newPath();
    await written(path);
    await writeFile(lockOf(path), JSON.stringify({ host: hostname(), pid: process.pid, startedAt: 1 }));
    const opened = await Promise.allSettled(Array.from({ length: 12 }, () => fileLedger(path).open()));
    const sessions = opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(sessions.length).toBe(1);
    await sessions[0]?.close();
  });

  it("refuses a path that is none, a folder, and an entry that is too large", async () => {
    expect(codeOf(() => fileLedger(""))).toBe("INVALID_OPTION");
    expect((await rejection(fileLedger(tmpdir()).open())).code).toBe("STORAGE_FAILED");
    await rm(lockOf(tmpdir()), { force: true });
    const session = await fileLedger(await newPath()).open();
    expect((await rejection(session.record("a", { words: "x".repeat(70_000) }))).code).toBe("INVALID_OPTION");
    expect((await rejection(session.record("a".repeat(5_000), {}))).code).toBe("INVALID_OPTION");
    await session.record("a", {});
    await session.close();
  });
});
