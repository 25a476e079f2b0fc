import { describe, expect, it } from "vitest";
import { z } from "zod";
import { from, map, Pipeline } from "../../src/index.js";
import { rejection } from "../thrown.js";
import { disk, type Job, outlivingProvider, untilCrash } from "./crash-support.js";

describe("a journal whose claims give no spool", () => {
  it("makes the value of a node anew in another process, and pays for nothing again", async () => {
    const make = (jobs: Job[]) => {
      const chat = outlivingProvider(jobs, "text");
      const line = new Pipeline("line", { input: z.string() }).step(chat, {
        name: "words",
        model: "m",
        prompt: from("input", (words) => words),
      });
      return new Pipeline("film")
        .step(map(line), { name: "lines", input: ["one", "two"] })
        .step(chat, { name: "all", model: "m", prompt: from("lines", (lines) => lines.join(" and ")) });
    };
    const calm = disk();
    const whole = await make([]).run({ journal: calm.process({ hasSpool: false }).journal, runId: "r" });
    const [jobs, kept] = [[] as Job[], disk()];
    const crashAfter = calm.statesOf("r").indexOf("succeeded lines") + 1;
    const first = kept.process({ crashAfter, hasSpool: false });
    await untilCrash(make(jobs).run({ journal: first.journal, runId: "r" }), first.crashed);
    const second = await make(jobs).run({ journal: kept.process({ hasSpool: false }).journal, runId: "r" });
    expect([second.status, jobs.length, second.step("all").text]).toEqual(["completed", 3, whole.step("all").text]);
  });

  it("says which step's long text is lost to another process, and what to do", async () => {
    const make = (jobs: Job[]) =>
      new Pipeline("film")
        .step(outlivingProvider(jobs, "text", { give: () => ({ text: "x".repeat(20_000) }) }), {
          name: "story",
          model: "m",
          prompt: "a story",
        })
        .step(outlivingProvider(jobs, "image"), {
          name: "poster",
          model: "m",
          prompt: from("story", (text) => `${text.length}`),
        });
    const calm = disk();
    await make([]).run({ journal: calm.process().journal, runId: "r" });
    const [jobs, kept] = [[] as Job[], disk()];
    const first = kept.process({ crashAfter: calm.statesOf("r").indexOf("succeeded story") + 1, hasSpool: false });
    await untilCrash(make(jobs).run({ journal: first.journal, runId: "r" }), first.crashed);
    const error = await rejection(make(jobs).run({ journal: kept.process({ hasSpool: false }).journal, runId: "r" }));
    expect(error.code).toBe("STORAGE_NOT_FOUND");
    expect(error.message).toMatch(/^What step "story" gave is not at hand .* a `spool` that lasts/);
    expect(jobs).toHaveLength(1);
  });
});
