import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createRuntime, from, loop, map, Pipeline } from "../../src/index.js";
import { perUnit } from "../../src/pricing/index.js";
import { collect } from "../run-support.js";
import { scriptedAsset } from "../support.js";
import { codeOf } from "../thrown.js";
import { statesOf, worker } from "./graph-support.js";
import { broken, chat, image, shot, video } from "./graph-workers.js";

describe("loop", () => {
  const draft = new Pipeline("draft", { input: z.object({ hint: z.string() }) }).step(chat, {
    name: "text",
    model: "m",
    prompt: from("input", ({ hint }) => `draft${hint}`),
  });

  it("hands the feedback on, keeps the best round, and records every verdict", async () => {
    const scores = [0.4, 0.9, 0.6];
    const handle = new Pipeline("p")
      .step(
        loop(draft, {
          judge: ({ round }) => ({ passed: false, score: scores[round - 1], feedback: `!${round}` }),
          next: ({ input, verdict }) => ({ hint: `${input.hint}${verdict.feedback}` }),
        }),
        { name: "best", input: { hint: "" } },
      )
      .start();
    const [events, result] = await Promise.all([collect(handle.events), handle.result]);
    expect(result.step("best").json).toBe(undefined);
    expect(result.step("best").text).toBe("draft!1");
    expect(result.step("best").evidence).toEqual({ rounds: 3, best: 2, passed: false, stoppedBy: "rounds" });
    const decided = events
      .filter((event) => event.type === "step.decided")
      .map(({ name, value, reason }) => [name, value, reason]);
    expect(decided).toEqual([
      ["round 1", { passed: false, score: 0.4, feedback: "!1" }, "!1"],
      ["round 2", { passed: false, score: 0.9, feedback: "!2" }, "!2"],
      ["round 3", { passed: false, score: 0.6, feedback: "!3" }, "!3"],
    ]);
    expect(result.step("best[2].text").text).toBe("draft!1!2");
  });

  it("stops when its judge is content, takes the round that passed before a better one, and reads steps inside", async () => {
    const result = await new Pipeline("p")
      .step(
        loop(draft, {
          judge: ({ round, read }) => ({ passed: round === 2 && read("text") === "draft", score: -round }),
        }),
        { name: "best", input: { hint: "" } },
      )
      .step(loop(draft, { judge: from("text", (text) => text === "draft") }), { name: "once", input: { hint: "" } })
      .run();
    expect(result.step("best").evidence).toEqual({ rounds: 2, best: 2, passed: true, stoppedBy: "judge" });
    expect(result.step("once").evidence).toEqual({ rounds: 1, best: 1, passed: true, stoppedBy: "judge" });
  });

  it("begins no round that could cost more than it may, and keeps what it has when a later round fails", async () => {
    let call = 0;
    const painter = worker({
      name: "painter",
      yields: "image",
      give: () => {
        call += 1;
        if (call === 6) throw new Error("no more");
        return { assets: [scriptedAsset("image/png", `${call}`)] };
      },
    });
    const body = new Pipeline("b").step(painter, { name: "f", model: "m" });
    const runtime = createRuntime({ prices: { "painter/*": perUnit(0.1) } });
    const never = { judge: () => false, maxRounds: 10 };
    const dear = await new Pipeline("p")
      .step(loop(body, { ...never, maxCostUsd: 0.3 }), { name: "l" })
      .run({ runtime });
    expect(dear.step("l").evidence).toEqual({ rounds: 3, best: 1, passed: false, stoppedBy: "budget" });
    const unknown = await new Pipeline("p").step(loop(body, { ...never, maxCostUsd: 0.3 }), { name: "l" }).run();
    expect(unknown.step("l").evidence).toMatchObject({ rounds: 1, stoppedBy: "unknown price" });
    const failing = await new Pipeline("p").step(loop(body, never), { name: "l" }).run({ runtime });
    expect(failing.step("l").evidence).toMatchObject({ rounds: 1, stoppedBy: "failure" });
    expect(statesOf(failing)).toEqual({ l: "succeeded", "l[0].f": "succeeded", "l[1].f": "failed" });
  });

  it("fails with OUTPUT_INVALID under mustPass, as its first round fails, and for a judge that gives rubbish", async () => {
    const errorOf = async (
      options: Parameters<typeof loop<"text", never, string, { hint: string }, unknown>>[1],
      body = draft,
    ) =>
      (
        await new Pipeline("p")
          .step(loop(body, options), { name: "l", input: { hint: "" } })
          .run({ throwOnFailure: false })
      ).step("l").error;
    const strict = await errorOf({ judge: () => ({ passed: false, feedback: "too long" }), mustPass: true });
    expect([strict?.code, strict?.message]).toEqual([
      "OUTPUT_INVALID",
      'Step "l": no round of 3 passed; the best was round 1 (l[0]). too long',
    ]);
    expect((await errorOf({ judge: () => "yes" as unknown as boolean }))?.code).toBe("REFERENCE_FAILED");
    expect((await errorOf({ judge: () => ({ passed: true, score: Number.NaN }) }))?.code).toBe("REFERENCE_FAILED");
    expect(codeOf(() => loop(draft, { judge: () => true, maxRounds: 0 }))).toBe("INVALID_OPTION");
    expect(codeOf(() => loop(draft, { judge: () => true, maxRounds: 1_001 }))).toBe("INVALID_OPTION");
  });
});

describe("a pipeline as a step", () => {
  it("is named three deep by its path, each part of the one around it", async () => {
    const inner = new Pipeline("inner", { input: z.string() }).step(map(shot()), {
      name: "shots",
      input: from("input", (word) => [word, `${word}${word}`]),
    });
    const middle = new Pipeline("middle", { input: z.string() }).step(
      loop(inner, { judge: ({ round }) => round === 2 }),
      { name: "best", input: from("input", (word) => word) },
    );
    const result = await new Pipeline("outer").step(middle, { name: "film", input: "x" }).run();
    expect(Object.keys(statesOf(result))).toEqual([
      "film",
      "film.best",
      "film.best[0].shots",
      "film.best[0].shots[0].frame",
      "film.best[0].shots[0].clip",
      "film.best[0].shots[1].frame",
      "film.best[0].shots[1].clip",
      "film.best[1].shots",
      "film.best[1].shots[0].frame",
      "film.best[1].shots[0].clip",
      "film.best[1].shots[1].frame",
      "film.best[1].shots[1].clip",
    ]);
    expect(result.run.steps.map(({ metadata }) => metadata.part_of)).toEqual([
      undefined,
      0,
      1,
      2,
      2,
      2,
      2,
      1,
      7,
      7,
      7,
      7,
    ]);
    expect(result.step("film").assets).toEqual(result.step("film.best[1].shots").assets);
    expect(result.step("film.best[1].shots[1].frame").assets).toHaveLength(1);
    expect(result.manifest.report().hashOk).toBe(true);
  });

  it("fails as its first step does, and knows no names outside", async () => {
    const result = await new Pipeline("p").step(shot(broken), { name: "s", input: "x" }).run({ throwOnFailure: false });
    expect(result.step("s").error?.message).toContain("out of order");
    expect(statesOf(result)).toEqual({ s: "failed", "s.frame": "failed", "s.clip": "skipped" });
    const nosy = new Pipeline("nosy").step(image, { model: "m", after: ["outer" as never] });
    expect(
      codeOf(() => new Pipeline("p").step(image, { name: "outer", model: "m" }).step(nosy, { name: "n" }).plan()),
    ).toBe("UNKNOWN_STEP");
  });
});

describe("conditions, optional steps and joins", () => {
  it("are told with their reasons: a choice, a failed source, a source that was left out", async () => {
    const result = await new Pipeline("p", { input: z.object({ music: z.boolean() }) })
      .step(image, { name: "frame", model: "m" })
      .step(video, {
        name: "clip",
        model: "m",
        inputs: ["frame"],
        when: from("input", function wantsMusic({ music }) {
          return music;
        }),
      })
      .step(image, { name: "poster", model: "m", after: ["clip"] })
      .step(broken, { name: "extra", model: "m", optional: true })
      .step(image, { name: "mix", model: "m", inputs: ["frame", "extra"], join: "any" })
      .run({ input: { music: false } });
    expect(result.status).toBe("completed");
    expect(statesOf(result)).toEqual({
      frame: "succeeded",
      clip: "skipped",
      poster: "skipped",
      extra: "failed",
      mix: "succeeded",
    });
    expect(result.step("clip").reason).toBe("its condition wantsMusic on input gave false.");
    expect(result.run.steps.map(({ error }) => error)).toEqual([
      null,
      "Skipped: its condition wantsMusic on input gave false.",
      'Skipped, because "clip" did not succeed.',
      "Job 1: Error: out of order",
      null,
    ]);
    expect(result.run.steps[1]?.metadata).toMatchObject({
      state: "skipped",
      reason: "its condition wantsMusic on input gave false.",
    });
  });

  it("fail the step whose condition throws, and refuse a join that can never be met", async () => {
    const result = await new Pipeline("p", { input: z.string() })
      .step(image, {
        name: "a",
        model: "m",
        when: from("input", (): boolean => {
          throw new Error("no idea");
        }),
      })
      .run({ input: "x", throwOnFailure: false });
    expect(result.step("a").error?.code).toBe("REFERENCE_FAILED");
    const impossible = new Pipeline("p")
      .step(image, { name: "a", model: "m" })
      .step(image, { model: "m", inputs: ["a"], join: { atLeast: 2 } });
    expect(codeOf(() => impossible.plan())).toBe("INVALID_OPTION");
  });
});
