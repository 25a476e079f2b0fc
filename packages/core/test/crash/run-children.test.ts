import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Kill, runChildren } from "./run-children.js";

/**
 * Counts its starts in a file; keeps two entries a start, dying as `GENBLAZE_CRASH_AT` says, and is done once six are
 * kept.
 */
const SCRIPT = `
const { appendFileSync, existsSync, readFileSync, writeSync } = require("node:fs");
const print = (line) => writeSync(1, JSON.stringify(line) + "\\n");
const path = process.argv[1];
const [append, when] = (process.env.GENBLAZE_CRASH_AT ?? "").split(":");
print({ begun: true });
writeSync(2, "hm");
for (let next = 1; ; next++) {
  const kept = existsSync(path) ? readFileSync(path, "utf8").length : 0;
  if (kept === 6) break;
  const isLast = next === Number(append);
  if (isLast && when === "before") process.kill(process.pid, "SIGKILL");
  appendFileSync(path, "x");
  print({ note: "kept", state: "ready", step: String(kept + 1) });
  if (isLast && when === "after") process.kill(process.pid, "SIGKILL");
}
if (process.argv[2] === "hang") setInterval(() => undefined, 1_000);
else print({ done: "hash", outputs: [], appends: 6 });
`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-children-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (
  name: string,
  kills: readonly Kill[],
  more: { maxRestarts?: number; longestMs?: number; hangs?: boolean } = {},
) => {
  const { hangs = false, ...options } = more;
  const hang = hangs ? ["hang"] : [];
  return runChildren({ command: [process.execPath, "-e", SCRIPT, join(folder, name), ...hang], kills, ...options });
};

describe("processes that are killed", () => {
  it("are started again until one comes to an end, with what all of them noted", async () => {
    const { end, notes, starts } = await run("twice", [
      { append: 3, when: "before" },
      { append: 2, when: "after" },
    ]);
    expect(end).toEqual({ done: "hash", outputs: [], appends: 6 });
    expect(starts).toBe(3);
    expect(notes.map(({ step }) => step)).toEqual(["1", "2", "3", "4", "5", "6"]);
  });

  it("are given up after so many starts", async () => {
    const before: Kill = { append: 1, when: "before" };
    const { end, starts } = await run("never", Array<Kill>(9).fill(before), { maxRestarts: 2 });
    expect([end, starts]).toEqual([undefined, 3]);
  });

  it("are killed from outside when they are told a time, and hang no longer than they may", async () => {
    const { end, starts, complaint } = await run("stuck", [{ afterMs: 1 }], { hangs: true, longestMs: 1_500 });
    expect([end, starts]).toEqual([undefined, 2]);
    expect(complaint).toBe("hm");
  });
});
