import { describe, expect, it } from "vitest";
import { allTransitions } from "../../test/journal/all-transitions.js";
import { scriptedProvider } from "../../test/support.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { approve } from "../node/approve.js";
import { map } from "../node/map.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { perUnit } from "../pricing/per-unit.js";
import { resume } from "../run/resume.js";
import { createRuntime } from "../run/runtime.js";
import type { Transition } from "../run/transitions.js";
import type { JournalEntry } from "./journal.js";
import { memoryJournal } from "./memory-journal.js";
import { summarizeRun } from "./summarize-run.js";

const broken: { isDown: boolean } = { isDown: true };
const image = scriptedProvider({ name: "image", yields: "image", accepts: ["image"] });
const flaky = scriptedProvider({
  name: "flaky",
  yields: "image",
  accepts: ["image"],
  script: () =>
    broken.isDown
      ? { kind: "failed", error: new GenblazeError("MODEL_ERROR", "it is down") }
      : { kind: "done", output: { assets: [{ mediaType: "image/png", bytes: new Uint8Array([1]) }] } },
});
const inner = new Pipeline("inner", { accepts: ["image"] }).step(image, { name: "again", model: "m", prompt: "again" });
const runtime = createRuntime({ prices: { "image/*": perUnit(0.25) } });
const pipeline = new Pipeline("advert", { runtime })
  .step(image, { name: "frame", model: "m", prompt: "a boat" })
  .step(map(inner), { name: "shots", inputs: ["frame"] })
  .step(flaky, { name: "clip", model: "v", prompt: "it moves", inputs: ["frame"] })
  .step(approve(), { name: "gate", inputs: ["clip"] });

function entries(...transitions: readonly Transition[]): readonly JournalEntry[] {
  return transitions.map((transition, sequence) => ({ runId: "run-1", sequence, at: 1_000 + sequence, transition }));
}

const planned: Transition = {
  state: "run.planned",
  name: "advert",
  steps: [{ step: "clip", stepId: "id-1", provider: "luma", model: "ray" }],
};
const intent: Transition = {
  state: "intent",
  step: "clip",
  attempt: 1,
  idempotencyKey: "run-1/id-1",
  isCold: false,
  request: { prompt: "a boat", negativePrompt: undefined, seed: 1, params: {}, inputs: [], warnings: [] },
};

describe("summarizeRun", () => {
  it("says of a run that failed and one that rests what its result says, from the journal alone", async () => {
    broken.isDown = true;
    const journal = memoryJournal();
    const failed = await pipeline.run({ journal, throwOnFailure: false });
    const before = await summarizeRun(journal.read(failed.runId));
    expect(before).toMatchObject({
      runId: failed.runId,
      name: "advert",
      ended: "failed",
      resumes: 0,
      error: { code: "RUN_FAILED" },
      needsInput: false,
      waiting: [],
      doneSteps: 3,
      cost: { usd: null, knownUsd: 0.5 },
    });
    expect(before?.steps.map(({ name, state, provider, model }) => [name, state, `${provider}/${model}`])).toEqual([
      ["frame", "succeeded", "image/m"],
      ["shots", "succeeded", "genblaze/map"],
      ["shots[0].again", "succeeded", "image/m"],
      ["clip", "failed", "flaky/v"],
      ["gate", "skipped", "genblaze/approve"],
    ]);
    expect(before?.steps[0]).toMatchObject({ attempts: 1, prompt: "a boat", assets: 1, cost: { usd: 0.25 } });
    expect(before?.steps[2]?.parent).toBe("shots");
    expect(before?.steps[3]).toMatchObject({
      error: { code: "MODEL_ERROR", message: "it is down" },
      openJob: undefined,
    });
    expect(before?.steps[4]?.skipped).toBe('Skipped, because "clip" did not succeed.');

    broken.isDown = false;
    const resting = await failed.resume().result;
    const after = await summarizeRun(journal.read(resting.runId));
    expect(after).toMatchObject({ ended: "waiting", resumes: 1, error: undefined, waiting: ["gate"], doneSteps: 4 });
    expect(after?.steps.at(-1)?.question).toMatchObject({ question: "Approve?" });
    const facts = resting.facts.steps.map(({ key, state, attempts, cost }) => [key, state, attempts, cost.usd]);
    expect(after?.steps.map(({ name, state, attempts, cost }) => [name, state, attempts, cost.usd])).toEqual(facts);
  });

  it("knows nothing of a run without entries, and refuses a journal that does not say how the run began", async () => {
    expect(await summarizeRun([])).toBeUndefined();
    await expect(summarizeRun(entries(intent))).rejects.toMatchObject({ code: "JOURNAL_FAILED" });
  });

  it("tells a request in doubt, then an open job without what signs its URL, then how it went on", async () => {
    const asked = await summarizeRun(entries(planned, { state: "ready", step: "clip", mustWait: false }, intent));
    expect(asked?.ended).toBeUndefined();
    expect(asked?.steps[0]).toMatchObject({ state: "running", inDoubt: "run-1/id-1", openJob: undefined, attempts: 1 });
    const operation = { id: "job-1", url: "https://v.test/job-1?X-Amz-Signature=abcdef0123456789" };
    const open = await summarizeRun(entries(planned, intent, { state: "submitted", step: "clip", operation }));
    expect(open?.steps[0]).toMatchObject({
      inDoubt: undefined,
      openJob: '{"id":"job-1","url":"https://v.test/job-1?X-Amz-Signature=[REDACTED]"}',
      provider: "luma",
      cost: { usd: null },
    });
    const error = { code: "TIMED_OUT", message: "too long" } as const;
    const late: Transition = { state: "failed", step: "clip", error, hasOpenJob: true };
    const ended: Transition = { state: "run.ended", endedAt: 2_000, status: "failed", manifestHash: "0", error };
    const submitted: Transition = { state: "submitted", step: "clip", operation };
    const left = await summarizeRun(entries(planned, intent, submitted, late, ended));
    expect(left).toMatchObject({ ended: "failed", changedAt: 1_004, startedAt: 1_000, error });
    expect(left?.steps[0]?.openJob).toContain("job-1");
    const again = await summarizeRun(entries(planned, intent, submitted, late, ended, { state: "run.resumed" }));
    expect(again).toMatchObject({ ended: undefined, resumes: 1, error: undefined });
    expect(again?.steps[0]).toMatchObject({ state: "planned", error: undefined });
  });

  it("plans a step anew from which a run is done again, and takes an entry that came twice once", async () => {
    const good: Transition = { state: "succeeded", step: "clip" };
    const resumed: Transition = { state: "run.resumed", from: "clip" };
    const all = entries(planned, intent, good, resumed);
    const twice = await summarizeRun(all.flatMap((entry) => [entry, entry]));
    expect(twice).toMatchObject({ resumes: 1, doneSteps: 0 });
    expect(twice?.steps[0]?.state).toBe("planned");
    expect((await summarizeRun(entries(planned, intent, good, { state: "run.resumed" })))?.doneSteps).toBe(1);
  });

  it("plans what follows a step that is done anew, too, and nothing else", async () => {
    const image = scriptedProvider({ yields: "image" });
    const journal = memoryJournal();
    const film = new Pipeline("film")
      .step(image, { name: "first", model: "m", prompt: "a" })
      .step(image, { name: "other", model: "m", prompt: "b" })
      .step(image, { name: "last", model: "m", prompt: "c", after: ["first"] });
    await film.run({ journal, runId: "r" });
    await resume("r", { journal, pipeline: film, from: "first" }).result;
    const all: JournalEntry[] = [];
    for await (const entry of journal.read("r")) all.push(entry);
    const place = all.findIndex(({ transition }) => transition.state === "run.resumed");
    expect(all[place]?.transition).toEqual({ state: "run.resumed", from: "first", anew: ["first", "last"] });
    const begun = await summarizeRun(all.slice(0, place + 1));
    expect(begun?.steps.map(({ name, state }) => [name, state])).toEqual([
      ["first", "planned"],
      ["other", "succeeded"],
      ["last", "planned"],
    ]);
  });

  it("reads entries of every kind; who was asked last stands for the step, also in journals that name no provider", async () => {
    const overview = await summarizeRun(entries(...allTransitions));
    expect(overview?.steps[0]).toMatchObject({ name: "frame", provider: "q", state: "succeeded" });
    expect(JSON.parse(JSON.stringify(overview))).toMatchObject({ name: "poster", ended: "failed" });
  });
});
