import { describe, expect, it } from "vitest";
import type { LedgerRow } from "../../../fakes/src/index.js";
import type { EntryNote } from "./crash-notes.js";
import { type CrashedRun, judgeRun } from "./judge-run.js";

function job(step: string, more: Partial<LedgerRow> = {}): LedgerRow {
  return {
    id: `job-${step}`,
    model: "painter",
    node: `run-1/${step}`,
    reference: `run-1/${step}`,
    key: `run-1/${step}`,
    fingerprint: step,
    state: "succeeded",
    submits: 1,
    paid: 1,
    fetched: 1,
    sha256: `bytes of ${step}`,
    isSecondPayment: false,
    soldAt: 0,
    endedAt: 1,
    ...more,
  };
}

const kept = (step: string, ...states: readonly string[]): readonly EntryNote[] =>
  states.map((state) => ({ note: "kept", state, step }));

const good: CrashedRun = {
  kind: "plain",
  expectedHash: "h",
  end: { done: "h", outputs: ["bytes of a", "bytes of b"], appends: 9 },
  notes: [],
  jobs: [job("a"), job("b")],
};
const stopped: CrashedRun = {
  ...good,
  end: { stopped: "SUBMIT_UNKNOWN", step: "b", outputs: ["bytes of a"], appends: 9 },
  notes: [
    ...kept("a", "intent", "submitted", "output", "succeeded"),
    ...kept("b", "intent"),
    { note: "kept", state: "failed", step: "b", code: "SUBMIT_UNKNOWN" },
  ],
  jobs: [job("a"), job("b", { state: "queued", fetched: 0 })],
};
const fine = { paidTwice: 0, lost: 0, problems: [] };

describe("the judge of a killed run", () => {
  it("has nothing against a run that gave what the undisturbed one gave, and paid once", () => {
    expect(judgeRun(good)).toEqual(fine);
    expect(judgeRun({ ...good, kind: "idempotent", jobs: [job("a", { submits: 2 }), job("b")] })).toEqual(fine);
  });

  it.each<[string, readonly LedgerRow[], number]>([
    ["the vendor says so", [job("a"), job("b", { isSecondPayment: true })], 1],
    ["a node has two jobs", [job("a"), job("b"), job("b", { sha256: "other bytes", state: "queued" })], 1],
    ["two nodes have the same work", [job("a"), job("b"), job("c", { sha256: "bytes of a" })], 1],
    ["one job was paid twice", [job("a", { paid: 2 }), job("b")], 1],
    ["a node has three jobs", [job("a"), job("a"), job("a"), job("b")], 2],
  ])("counts a second payment when %s", (_, jobs, paidTwice) => {
    expect(judgeRun({ ...good, jobs })).toEqual({ ...fine, paidTwice });
  });

  it("counts a result as lost that was fetched and is not in what the run gave", () => {
    const end = { done: "h", outputs: ["bytes of a"], appends: 9 };
    expect(judgeRun({ ...good, end })).toEqual({ ...fine, lost: 1 });
    expect(judgeRun({ ...good, end: undefined })).toEqual({
      paidTwice: 0,
      lost: 2,
      problems: ["it did not come to an end"],
    });
    expect(judgeRun({ ...good, end, jobs: [job("a"), job("b", { fetched: 0 })] })).toEqual(fine);
    expect(judgeRun({ ...good, end, jobs: [job("a"), job("b", { state: "failed" })] })).toEqual(fine);
  });

  it("counts what an instant model answered as lost only when the journal had it", () => {
    const end = { done: "h", outputs: ["bytes of a"], appends: 9 };
    const jobs = [job("a"), job("b", { model: "instant-painter" })];
    const output = { state: "output", step: "b", sha256s: ["bytes of b"] };
    expect(judgeRun({ ...good, end, jobs })).toEqual(fine);
    expect(judgeRun({ ...good, end, jobs, notes: [{ note: "asked", ...output }] })).toEqual(fine);
    expect(judgeRun({ ...good, end, jobs, notes: [{ note: "kept", ...output }] })).toEqual({ ...fine, lost: 1 });
  });

  it("does not let another hash pass", () => {
    const { problems } = judgeRun({ ...good, expectedHash: "other" });
    expect(problems).toEqual(["its manifest has the hash h instead of other"]);
  });

  it("lets a run of a plain vendor stop at the step that was in doubt, and lose nothing else", () => {
    expect(judgeRun(stopped)).toEqual(fine);
    const begun: EntryNote = { note: "asked", state: "intent", step: "b" };
    const notes = stopped.notes.map((note) => (note.step === "b" && note.state === "intent" ? begun : note));
    expect(judgeRun({ ...stopped, notes })).toEqual(fine);
    const end = { stopped: "SUBMIT_UNKNOWN", step: "b", outputs: [], appends: 9 };
    expect(judgeRun({ ...stopped, end })).toEqual({ ...fine, lost: 1 });
  });

  it("looks past the nodes around a step that stopped", () => {
    const around: readonly EntryNote[] = [
      ...kept("shots", "entered"),
      { note: "kept", state: "failed", step: "shots", code: "MODEL_ERROR" },
    ];
    expect(judgeRun({ ...stopped, notes: [...around, ...stopped.notes] })).toEqual(fine);
  });

  it.each(["idempotent", "listing"] as const)("lets no run of a vendor of the kind %s stop", (kind) => {
    const problem = 'it stopped with SUBMIT_UNKNOWN at "b", though its vendor can be asked';
    expect(judgeRun({ ...stopped, kind }).problems).toEqual([problem]);
  });

  it("does not let a run stop at a step that was not in doubt, or for another reason", () => {
    const doubtless = 'step "b" stopped with SUBMIT_UNKNOWN, though it was not in doubt';
    const answered = [...kept("b", "intent", "submitted"), ...stopped.notes];
    expect(judgeRun({ ...stopped, notes: answered }).problems).toEqual([doubtless]);
    const never = stopped.notes.filter(({ state, step }) => step !== "b" || state !== "intent");
    expect(judgeRun({ ...stopped, notes: never }).problems).toEqual([doubtless]);
    const other = stopped.notes.map((note) => (note.code === undefined ? note : { ...note, code: "SERVER_ERROR" }));
    expect(judgeRun({ ...stopped, notes: other }).problems).toEqual(['step "b" failed with SERVER_ERROR']);
    expect(judgeRun({ ...stopped, notes: [] }).problems).toEqual([
      'it stopped with SUBMIT_UNKNOWN at "b", and no step failed',
    ]);
  });

  it("forgets a failure that a later process has made good", () => {
    const later = kept("b", "submitted", "output", "succeeded");
    expect(judgeRun({ ...stopped, notes: [...stopped.notes, ...later] }).problems).toHaveLength(1);
    expect(judgeRun({ ...good, notes: [...stopped.notes, ...later] })).toEqual(fine);
  });
});
