import { describe, expect, it } from "vitest";
import { z } from "zod";
import { from, map, Pipeline } from "../../src/index.js";
import { cancelRun, resume } from "../../src/journal/index.js";
import type { OpenScope } from "../../src/pipeline/scope.js";
import { disk, type Job, type Kind, outlivingProvider, untilCrash } from "./crash-support.js";

/** A provider that ends jobs, and what it was told to end. */
function ending(jobs: Job[], kind: Kind, ended: unknown[]) {
  return {
    ...outlivingProvider(jobs, "image", { kind }),
    cancel: async (operation: unknown) => void ended.push(operation),
  };
}

/** A run whose process died between an intent and the answer; whether the vendor had the request by then. */
async function inDoubt(kind: Kind, isTaken: boolean, isInside = false, canCancel = true) {
  const [jobs, ended, kept] = [[] as Job[], [] as unknown[], disk()];
  const make = () => {
    const { cancel, ...mute } = ending(jobs, kind, ended);
    const image = canCancel ? { ...mute, cancel } : mute;
    const inner = new Pipeline("inner", { input: z.string() }).step(image, {
      name: "frame",
      model: "m",
      prompt: from("input", (words) => words),
    });
    const around = new Pipeline("film").step(map(inner), { name: "all", input: ["a boat"] });
    const alone = new Pipeline("film").step(image, { name: "frame", model: "m", prompt: "a boat" });
    // Which of its steps there are is asked for by name.
    return new Pipeline<undefined, never, OpenScope>((isInside ? around : alone).definition);
  };
  const calm = disk();
  await make().run({ journal: calm.process().journal, runId: "r" });
  jobs.length = 0;
  const first = kept.process({ crashAfter: calm.statesOf("r").findIndex((state) => state.startsWith("intent")) + 1 });
  await untilCrash(make().run({ journal: first.journal, runId: "r" }), first.crashed);
  if (!isTaken) jobs.length = 0;
  return { jobs, ended, kept, make, journal: kept.process().journal };
}

describe("cancelRun with a submit in doubt", () => {
  for (const isInside of [false, true])
    it(`looks for the job and ends it where its provider has lists, inside a node: ${isInside}`, async () => {
      const { jobs, ended, journal, make } = await inDoubt("lists", true, isInside);
      const result = await cancelRun("r", { journal, pipeline: make() });
      expect([result.status, jobs.length, ended]).toEqual(["cancelled", 1, [{ job: 0 }]]);
      expect(result.steps[0]?.error?.code).toBe("CANCELLED");
      const again = await cancelRun("r", { journal, pipeline: make() });
      expect([again.status, jobs.length, ended.length]).toEqual(["cancelled", 1, 1]);
      const resumed = await resume("r", { journal, pipeline: make() }).result;
      expect([resumed.status, jobs.length]).toEqual(["completed", 2]);
    });

  for (const isTaken of [false, true])
    it(`orders nothing under a key only to end it, taken before: ${isTaken}`, async () => {
      const { jobs, ended, journal, make } = await inDoubt("keys", isTaken);
      const result = await cancelRun("r", { journal, pipeline: make() });
      expect([result.status, result.step("frame").error?.code]).toEqual(["cancelled", "SUBMIT_UNKNOWN"]);
      expect([jobs.length, ended]).toEqual([isTaken ? 1 : 0, []]);
      const resumed = await resume("r", { journal, pipeline: make() }).result;
      expect([resumed.status, jobs.length]).toEqual(["completed", 1]);
    });

  it("finds that there is no job", async () => {
    const { jobs, ended, journal, make } = await inDoubt("lists", false);
    const result = await cancelRun("r", { journal, pipeline: make() });
    expect([result.status, result.step("frame").error?.code, jobs, ended]).toEqual(["cancelled", "CANCELLED", [], []]);
    expect((await resume("r", { journal, pipeline: make() }).result).status).toBe("completed");
  });

  it("remembers a job that it found and could not end", async () => {
    const { jobs, journal, make } = await inDoubt("lists", true, false, false);
    expect((await cancelRun("r", { journal, pipeline: make() })).status).toBe("cancelled");
    const resumed = await resume("r", { journal, pipeline: make() }).result;
    expect([resumed.status, jobs.length]).toEqual(["completed", 1]);
  });

  for (const isInside of [false, true])
    it(`says that it is not known where nobody can tell, inside a node: ${isInside}`, async () => {
      const { jobs, ended, journal, make } = await inDoubt("plain", true, isInside);
      const result = await cancelRun("r", { journal, pipeline: make() });
      const error = result.step(isInside ? "all[0].frame" : "frame").error;
      expect([result.status, error?.code, jobs.length, ended]).toEqual(["cancelled", "SUBMIT_UNKNOWN", 1, []]);
      expect(error?.message).toMatch(/Look at the jobs of your account there/);
      const resumed = await resume("r", { journal, pipeline: make(), throwOnFailure: false }).result;
      expect([resumed.status, jobs.length]).toEqual(["failed", 1]);
    });
});
