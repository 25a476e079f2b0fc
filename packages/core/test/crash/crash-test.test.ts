import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildChild } from "./build-child.js";
import { crashTest, type FinishedRun } from "./crash-test.js";

/** A library that forgets: each process begins the run anew, under the ids that it had before. */
const FORGETFUL = `
import { createRuntime } from "./src/index.ts";
import { memoryJournal } from "./src/journal/memory-journal.ts";
import { runCrashChild } from "./test/crash/crash-child.ts";
await runCrashChild({
  openJournal: memoryJournal,
  toOptions(journal, runId) {
    let ids = 0;
    const createId = () => (ids++ === 0 ? runId : "id-" + ids);
    return { runtime: createRuntime({ journal, createId }) };
  },
});
`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-crash-"));
  await buildChild(join(folder, "child.mjs"), FORGETFUL);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the crash test", () => {
  it("finds what a library pays twice that forgets, with a vendor that does not honour keys", async () => {
    const runs: FinishedRun[] = [];
    const child = [process.execPath, join(folder, "child.mjs")] as const;
    const onRun = (run: FinishedRun) => runs.push(run);
    const totals = await crashTest({ kinds: ["plain"], kills: 3, seed: 1, oneAppendOf: 30, folder, child, onRun });
    expect(totals.runs).toBe(runs.length);
    expect(runs.map(({ done }) => done)).toEqual(runs.map((_, index) => index + 1));
    const atAppends = runs.filter(({ kills: [first] }) => first !== undefined && "append" in first);
    expect(atAppends.map(({ starts, lost, problems }) => [starts, lost, problems])).toEqual(
      atAppends.map(() => [2, 0, []]),
    );
    expect(atAppends.every(({ paidTwice }) => paidTwice > 0)).toBe(true);
    expect(totals.paidTwice).toBeGreaterThanOrEqual(atAppends.length);
  });
});

describe("a run in a folder that is killed and continued", () => {
  it("pays once and loses nothing, whatever its vendor can tell", async () => {
    const program = join(folder, "durable.mjs");
    await buildChild(program);
    const runs: FinishedRun[] = [];
    const totals = await crashTest({
      kinds: ["idempotent", "listing", "plain"],
      kills: 3,
      seed: 1,
      oneAppendOf: 13,
      folder: join(folder, "runs"),
      child: [process.execPath, program],
      onRun: (run) => runs.push(run),
    });
    expect(runs.flatMap(({ problems }) => problems)).toEqual([]);
    expect(totals).toEqual({ runs: runs.length, paidTwice: 0, lost: 0, wrong: 0 });
    expect(runs.length).toBeGreaterThan(24);
  });
});
