import { describe, expect, it } from "vitest";
import { GenblazeError, Pipeline } from "../../src/index.js";
import { resume } from "../../src/journal/index.js";
import { disk, type Job, outlivingProvider, untilCrash } from "./crash-support.js";

describe("a key that was asked for without an answer, and is refused later", () => {
  it("fails with what to do about it, and is asked for anew with from", async () => {
    let isRefusing = false;
    const make = (jobs: Job[]) => {
      const image = outlivingProvider(jobs, "image", {
        kind: "keys",
        onSubmit() {
          if (isRefusing) throw new GenblazeError("INVALID_INPUT", "The key was used for another request.");
        },
      });
      return new Pipeline("film").step(image, { name: "frame", model: "m", prompt: "a boat" });
    };
    const [jobs, kept] = [[] as Job[], disk()];
    // Behind "run.planned", "ready" and "intent".
    const first = kept.process({ crashAfter: 3 });
    await untilCrash(make(jobs).run({ journal: first.journal, runId: "r" }), first.crashed);
    isRefusing = true;
    const journal = kept.process().journal;
    const second = await make(jobs).run({ journal, runId: "r", throwOnFailure: false });
    const { code, message = "" } = second.step("frame").error ?? {};
    expect(code).toBe("INVALID_INPUT");
    expect(message).toMatch(
      /^The key was used for another request\. .*is not known.* resume the run with from: "frame"\.$/,
    );
    isRefusing = false;
    const third = await resume("r", { journal, pipeline: make(jobs), from: "frame" }).result;
    expect([third.status, new Set(jobs.map(({ key }) => key)).size]).toEqual(["completed", 2]);
  });
});
