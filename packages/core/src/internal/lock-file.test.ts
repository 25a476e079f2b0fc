import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { rejection } from "../../test/thrown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { isLocked, lockFile } from "./lock-file.js";

const folders: string[] = [];

afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true, force: true }))));

async function newLock(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "genblaze-lock-"));
  folders.push(path);
  return join(path, "lock");
}

const held = (who: string) => new GenblazeError("RUN_BUSY", who);

describe("lockFile", () => {
  it("is given once, until it is released, and says who has it", async () => {
    const path = await newLock();
    expect(await isLocked(path)).toBe(false);
    const lock = await lockFile(path, held);
    expect([await isLocked(path), await lock.isHeld()]).toEqual([true, true]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await rejection(lockFile(path, held))).message).toBe(`this process, ${process.pid}`);
    await lock.release();
    expect([await isLocked(path), await lock.isHeld()]).toEqual([false, false]);
    await (await lockFile(path, held)).release();
  });

  it("knows when it was taken away, and leaves the lock of the next one", async () => {
    const path = await newLock();
    const lost = await lockFile(path, held);
    await rm(path);
    const lock = await lockFile(path, held);
    expect([await lost.isHeld(), await lock.isHeld()]).toEqual([false, true]);
    await lost.release();
    expect(await lock.isHeld()).toBe(true);
    await lock.release();
  });

  it.each([
    [`process 7 of machine ${hostname()}-2`, JSON.stringify({ host: `${hostname()}-2`, pid: 7, startedAt: 1 })],
    [`process ${process.ppid} of this machine`, JSON.stringify({ host: hostname(), pid: process.ppid, startedAt: 1 })],
    ["somebody unknown", ""],
  ])("is not given while it is of %s", async (who, text) => {
    const path = await newLock();
    await writeFile(path, text);
    expect((await rejection(lockFile(path, held))).message).toBe(who);
    expect(await readFile(path, "utf8")).toBe(text);
    expect(await isLocked(path)).toBe(true);
  });

  it("is not listed as held when its process is gone", async () => {
    const path = await newLock();
    await writeFile(path, JSON.stringify({ host: hostname(), pid: process.pid, startedAt: 1 }));
    expect(await isLocked(path)).toBe(false);
  });

  it("is taken over from a process that is gone, also when others died taking it over", async () => {
    const path = await newLock();
    const gone = (id: string) => JSON.stringify({ host: hostname(), pid: process.pid, startedAt: 1, id });
    const guardOf = (lock: string, text: string) =>
      `${lock}.${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
    const first = guardOf(path, gone("a"));
    await writeFile(path, gone("a"));
    await writeFile(first, gone("b"));
    await writeFile(guardOf(first, gone("b")), gone("c"));
    const lock = await lockFile(path, held);
    expect(await lock.isHeld()).toBe(true);
    await lock.release();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it("is given to one of many that take over a dead one, also where one of them died at it", async () => {
    for (let round = 0; round < 20; round++) {
      const path = await newLock();
      const dead = JSON.stringify({ host: hostname(), pid: process.pid, startedAt: 1, id: "dead" });
      await writeFile(path, dead);
      await writeFile(`${path}.${createHash("sha256").update(dead).digest("hex").slice(0, 16)}`, dead);
      const locks = await Promise.all(Array.from({ length: 5 }, () => lockFile(path, held).catch(() => undefined)));
      const taken = locks.filter((lock) => lock !== undefined);
      expect(taken.length).toBe(1);
      expect(await taken[0]?.isHeld()).toBe(true);
    }
  });

  it("is held by one at a time of many that take and release it", async () => {
    const path = await newLock();
    let holders = 0;
    let taken = 0;
    async function fight(): Promise<void> {
      for (let done = 0; done < 10; ) {
        const lock = await lockFile(path, held).catch(() => undefined);
        if (lock === undefined) continue;
        holders += 1;
        expect([holders, await lock.isHeld()]).toEqual([1, true]);
        holders -= 1;
        taken += 1;
        done += 1;
        await lock.release();
      }
    }
    await Promise.all(Array.from({ length: 4 }, fight));
    expect(taken).toBe(40);
  });
});
