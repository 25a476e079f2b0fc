import { describe, expect, it } from "vitest";
import { createRuntime, Pipeline } from "../../src/index.js";
import type { JournalEntry } from "../../src/journal/journal.js";
import { memoryJournal } from "../../src/journal/memory-journal.js";
import { scriptedProvider } from "../support.js";
import type { EntryNote } from "./crash-notes.js";
import { type CrashPoint, crashingJournal, parseCrashPoint } from "./crashing-journal.js";

const entry = (sequence: number): JournalEntry => ({
  runId: "run-1",
  sequence,
  at: 0,
  transition: { state: "ready", step: `step-${sequence}`, mustWait: false },
});

/** Stands for the kill, which nothing comes after. */
const death = new Error("killed");

async function appendUntilDeath(crashAt: CrashPoint | undefined) {
  const inner = memoryJournal();
  const notes: EntryNote[] = [];
  const journal = crashingJournal(inner, {
    crashAt,
    die: () => {
      throw death;
    },
    onNote: (note) => notes.push(note),
  });
  for (let sequence = 0; sequence < 3; sequence++) {
    try {
      await journal.append(entry(sequence));
    } catch (error) {
      if (error !== death) throw error;
      break;
    }
  }
  const kept: number[] = [];
  for await (const { sequence } of inner.read("run-1")) kept.push(sequence);
  return { kept, notes: notes.map(({ note, step }) => `${note} ${step}`) };
}

describe("a journal that dies", () => {
  it("dies right before its n-th append: nothing of it is written or noted", async () => {
    expect(await appendUntilDeath({ append: 2, when: "before" })).toEqual({
      kept: [0],
      notes: ["asked step-0", "kept step-0"],
    });
  });

  it("dies right after it: it is written and noted", async () => {
    expect(await appendUntilDeath({ append: 2, when: "after" })).toEqual({
      kept: [0, 1],
      notes: ["asked step-0", "kept step-0", "asked step-1", "kept step-1"],
    });
  });

  it("lives on without a point to die at", async () => {
    expect((await appendUntilDeath(undefined)).kept).toEqual([0, 1, 2]);
  });

  it("is a journal that a run can be written in, and notes what the judge needs", async () => {
    const notes: EntryNote[] = [];
    const options = { crashAt: undefined, die: () => undefined, onNote: (note: EntryNote) => notes.push(note) };
    const journal = crashingJournal(memoryJournal(), options);
    await new Pipeline("noted")
      .step(scriptedProvider({ yields: "image" }), { name: "a", model: "m" })
      .run({ runtime: createRuntime({ journal }) });
    const kept = notes.filter(({ note }) => note === "kept");
    expect(kept.map(({ state }) => state)).toEqual([
      "run.planned",
      "ready",
      "intent",
      "output",
      "succeeded",
      "run.ended",
    ]);
    expect(journal.kept()).toBe(kept.length);
    expect(kept[3]?.sha256s).toHaveLength(1);
  });

  it.each<[string | undefined, CrashPoint | undefined]>([
    ["7:before", { append: 7, when: "before" }],
    ["12:after", { append: 12, when: "after" }],
    ["", undefined],
    [undefined, undefined],
  ])("reads %j from the environment", (text, point) => {
    expect(parseCrashPoint(text)).toEqual(point);
  });

  it.each(["7", "x:before", "7:amid", "-1:after"])("refuses %j from the environment", (text) => {
    expect(() => parseCrashPoint(text)).toThrow("GENBLAZE_CRASH_AT=7:before is expected");
  });
});
