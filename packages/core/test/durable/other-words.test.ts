import { describe, expect, it } from "vitest";
import { from, GenblazeError, Pipeline } from "../../src/index.js";
import { resume } from "../../src/journal/index.js";
import { disk, type Job, type Kind, outlivingProvider, untilCrash } from "./crash-support.js";

/** Prompt, seed and parameters are others each time that they are asked for. */
function film(jobs: Job[], kind: Kind, say: () => string, isPrivate = false) {
  const chat = outlivingProvider([], "text", { kind: "keys" });
  const image = outlivingProvider(jobs, "image", { kind });
  let seed = 0;
  return new Pipeline("film").step(chat, { name: "story", model: "m", prompt: "a story" }).step(image, {
    name: "frame",
    model: "m",
    prompt: from("story", () => say()),
    params: { style: from("story", () => say()), seed: from("story", () => seed++) },
    providerOptions: { tier: "best" },
    ...(isPrivate ? { promptVisibility: "private" as const } : {}),
  });
}

/** The pipeline's first process dies behind an entry; the second one has other words. */
async function crashBehind(state: string, kind: Kind, isPrivate = false) {
  const calm = disk();
  await film([], kind, () => "first", isPrivate).run({ journal: calm.process().journal, runId: "r" });
  const [jobs, kept] = [[] as Job[], disk()];
  const first = kept.process({ crashAfter: calm.statesOf("r").indexOf(state) + 1 });
  const run = film(jobs, kind, () => "first", isPrivate).run({ journal: first.journal, runId: "r" });
  await untilCrash(run, first.crashed);
  return { jobs, kept, calm };
}

describe("a step whose functions say something else each time", () => {
  for (const kind of ["keys", "lists", "plain"] as const)
    for (const state of ["intent frame", "submitted frame", "output frame"])
      for (const isPrivate of [false, true])
        it(`is paid for once after a crash behind "${state}": ${kind}, private: ${isPrivate}`, async () => {
          const { jobs, kept } = await crashBehind(state, kind, isPrivate);
          const second = await film(jobs, kind, () => "second", isPrivate).run({
            journal: kept.process().journal,
            runId: "r",
            throwOnFailure: false,
          });
          expect(jobs.map(({ request }) => request.prompt)).toEqual(["first"]);
          const isUnknown = kind === "plain" && state === "intent frame";
          expect(second.step("frame").error?.code).toBe(isUnknown ? "SUBMIT_UNKNOWN" : undefined);
          const record = second.run.steps.at(-1);
          expect(record?.prompt).toBe(isPrivate ? null : "first");
        });

  it("is asked for with the words of the first time where it has to be asked for again", async () => {
    const { jobs, kept } = await crashBehind("intent frame", "plain");
    const again = resume("r", {
      journal: kept.process().journal,
      pipeline: film(jobs, "plain", () => "second"),
      onUnknownSubmit: "resubmit",
    });
    expect((await again.result).status).toBe("completed");
    expect(
      jobs.map(({ request: { prompt, seed, params, providerOptions } }) => [prompt, seed, params, providerOptions]),
    ).toEqual([
      ["first", 0, { style: "first" }, { tier: "best" }],
      ["first", 0, { style: "first" }, { tier: "best" }],
    ]);
  });

  it("is asked for with its words of now where a step is done anew, or the pipeline was changed", async () => {
    const { jobs, kept } = await crashBehind("submitted frame", "keys");
    const anew = resume("r", {
      journal: kept.process().journal,
      pipeline: film(jobs, "keys", () => "second"),
      from: "frame",
    });
    expect((await anew.result).status).toBe("completed");
    const other = await crashBehind("submitted frame", "keys");
    const longer = film(other.jobs, "keys", () => "second").step(outlivingProvider([], "image"), { model: "m" });
    const journal = other.kept.process().journal;
    await resume("r", { journal, pipeline: longer, onChange: "continue" }).result;
    expect([jobs, other.jobs].map((all) => all.map(({ request }) => request.prompt))).toEqual([
      ["first", "second"],
      ["first", "second"],
    ]);
  });

  it("is paid for once where its job outlived a failure in the same process", async () => {
    const jobs: Job[] = [];
    let polls = 0;
    let words = 0;
    const image = outlivingProvider(jobs, "image", {
      onPoll() {
        polls += 1;
        if (polls === 1) throw new GenblazeError("TIMED_OUT", "no answer");
      },
    });
    const make = new Pipeline("film")
      .step(outlivingProvider([], "text"), { name: "story", model: "m", prompt: "a story" })
      .step(image, {
        name: "frame",
        model: "m",
        prompt: from("story", () => `words ${words++}`),
        retry: { maxAttempts: 1 },
      });
    const first = await make.run({ throwOnFailure: false });
    const second = await first.resume({ throwOnFailure: false }).result;
    expect([first.status, second.status, jobs.length, second.step("frame").error]).toEqual([
      "failed",
      "completed",
      1,
      undefined,
    ]);
    expect(second.run.steps.at(-1)?.prompt).toBe(jobs[0]?.request.prompt);
  });
});
