import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  approve,
  createRuntime,
  fanOut,
  from,
  outputAsset,
  Pipeline,
  type RouteRequest,
  route,
  split,
} from "../../src/index.js";
import { perUnit, sumUsd } from "../../src/pricing/index.js";
import { createFakeClock, scriptedAsset } from "../support.js";
import { finish, shortEvents, spansOf, statesOf, worker } from "./graph-support.js";

const image = worker({ name: "image", yields: "image", accepts: ["image"] });

describe("PT-04 conditional", () => {
  const routed = (gmi = image, premium = image) =>
    new Pipeline("routed", { input: z.object({ text: z.string(), style: z.string() }) }).step(
      route(
        { cheap: { provider: gmi, model: "cheap" }, premium: { provider: premium, model: "premium" } },
        function byNeed({ prompt, input }: RouteRequest<{ readonly style: string }>) {
          return prompt.length > 20 || input.style === "cinematic" ? "premium" : "cheap";
        },
      ),
      { name: "picture", prompt: from("input", ({ text }) => text), input: from("input", (input) => input) },
    );

  it.each([
    { text: "a boat", style: "plain", arm: "cheap", other: "premium" },
    { text: "a boat in a long and windy sentence", style: "plain", arm: "premium", other: "cheap" },
    { text: "a boat", style: "cinematic", arm: "premium", other: "cheap" },
  ])("takes $arm for '$text' in a $style style, by events and manifest", async ({ text, style, arm, other }) => {
    const clock = createFakeClock();
    const handle = routed().start({ input: { text, style }, runtime: createRuntime({ clock, random: () => 0 }) });
    const { result, events } = await finish(handle, clock);
    const decided = events.filter((event) => event.type === "step.decided");
    expect(decided).toMatchObject([{ step: "picture", name: "arm", value: arm, reason: "byNeed chose it" }]);
    expect(statesOf(result)).toEqual({
      picture: "succeeded",
      [`picture.${arm}`]: "succeeded",
      [`picture.${other}`]: "skipped",
    });
    const recorded = result.run.steps.find(({ metadata }) => metadata.name === "picture");
    expect(recorded?.metadata.decisions).toEqual({ arm: { value: arm, reason: "byNeed chose it" } });
    const untaken = result.run.steps.find(({ metadata }) => metadata.name === `picture.${other}`);
    expect(untaken?.metadata).toEqual({
      name: `picture.${other}`,
      part_of: 0,
      references: { prompt: "input" },
      state: "skipped",
      reason: `picture took "${arm}".`,
    });
    // The decision is hashed: another reason is another manifest.
    const forged = result.manifest.withRun({
      ...result.run,
      steps: result.run.steps.map((step) => ({ ...step, metadata: { ...step.metadata, reason: "forged" } })),
    });
    expect(forged.canonicalHash).not.toBe(result.manifest.canonicalHash);
  });

  it("takes the arm that fits what comes in: a picture goes to the model that moves pictures, words to the other", async () => {
    const fromWords = worker({ name: "t2v", yields: "video", accepts: ["image"] });
    const fromPicture = worker({ name: "i2v", yields: "video", accepts: ["image"] });
    const clip = (withPicture: boolean) => {
      const arms = {
        words: { provider: fromWords, model: "t2v" },
        picture: { provider: fromPicture, model: "i2v" },
      } as const;
      const byModality = route(arms, ({ inputs }) =>
        inputs.some(({ asset }) => asset.mediaType.startsWith("image/"))
          ? { arm: "picture", reason: "a picture came" }
          : { arm: "words", reason: "only words came" },
      );
      const start = new Pipeline("clip").step(image, { name: "frame", model: "m" });
      return withPicture
        ? start.step(byModality, { name: "clip", prompt: "go", inputs: ["frame"] })
        : start.step(byModality, { name: "clip", prompt: "go" });
    };
    const reasons: string[] = [];
    for (const withPicture of [true, false]) {
      const result = await clip(withPicture).run();
      reasons.push(result.step("clip").decisions.arm?.reason ?? "");
    }
    expect(reasons).toEqual(["a picture came", "only words came"]);
    expect([fromPicture.asked.length, fromWords.asked.length]).toEqual([1, 1]);
  });

  it("costs $0.1176 a request when 8 of 10 take the arm at $0.022 and 2 the one at $0.50", async () => {
    const gmi = worker({ name: "gmi", yields: "image" });
    const openai = worker({ name: "openai", yields: "image" });
    const runtime = createRuntime({ prices: { "gmi/*": perUnit(0.022), "openai/premium": perUnit(0.5) } });
    const costs: number[] = [];
    for (let request = 0; request < 10; request++) {
      const style = request < 8 ? "plain" : "cinematic";
      const result = await new Pipeline("routed", { input: z.string() })
        .step(
          route(
            { cheap: { provider: gmi, model: "cheap" }, premium: { provider: openai, model: "premium" } },
            ({ prompt }) => (prompt === "plain" ? "cheap" : "premium"),
          ),
          { name: "picture", prompt: from("input", (style) => style) },
        )
        .run({ input: style, runtime });
      costs.push((await result.report()).cost.usd ?? Number.NaN);
    }
    expect(costs).toEqual([0.022, 0.022, 0.022, 0.022, 0.022, 0.022, 0.022, 0.022, 0.5, 0.5]);
    const perRequest = sumUsd(costs) / 10;
    expect(perRequest).toBeCloseTo(0.1176, 12);
    expect(((1 - perRequest / 0.5) * 100).toFixed(1)).toBe("76.5");
  });
});

describe("PT-05 A/B", () => {
  const arms = { a: { provider: image, model: "a" }, b: { provider: image, model: "b" } } as const;
  const armsOf = async (weightOfB: number, keys: readonly string[]) => {
    const pipeline = new Pipeline("ab", { input: z.string() }).step(
      split(arms, { weights: { a: 100 - weightOfB, b: weightOfB }, key: ({ prompt }) => prompt, salt: "spring" }),
      { name: "picture", prompt: from("input", (key) => key) },
    );
    const taken: string[] = [];
    for (const input of keys) {
      const { decisions } = (await pipeline.run({ input })).step("picture");
      taken.push(String(decisions.arm?.value));
    }
    return taken;
  };
  const keys = Array.from({ length: 1_000 }, (_, index) => `user-${index}`);

  it("gives B a tenth of the keys, the same keys in every run", async () => {
    const first = await armsOf(10, keys);
    expect(await armsOf(10, keys)).toEqual(first);
    const share = first.filter((arm) => arm === "b").length / keys.length;
    expect(share).toBeGreaterThan(0.075);
    expect(share).toBeLessThan(0.125);
  });

  it("moves keys only to the arm that gains when weights are shifted, until it has them all", async () => {
    const some = keys.slice(0, 200);
    const steps = [await armsOf(10, some), await armsOf(25, some), await armsOf(100, some)];
    for (const [place] of some.entries()) {
      const path = steps.map((taken) => taken[place]).join("");
      expect(["aab", "abb", "bbb"]).toContain(path);
    }
  });

  it("tells latency and cost by arm", async () => {
    const clock = createFakeClock();
    const takesMs = ({ model }: { readonly model: string }) => (model === "a" ? 300 : 200);
    const timed = worker({ name: "timed", yields: "image", takesMs });
    const runtime = createRuntime({
      clock,
      random: () => 0,
      prices: { "timed/a": perUnit(0.04), "timed/b": perUnit(0.03) },
    });
    const timedArms = { a: { provider: timed, model: "a" }, b: { provider: timed, model: "b" } } as const;
    const rows: unknown[] = [];
    for (const weights of [
      { a: 1, b: 0 },
      { a: 0, b: 1 },
    ]) {
      const handle = new Pipeline("ab")
        .step(split(timedArms, { weights }), { name: "s", prompt: "p" })
        .start({ runtime });
      const { result } = await finish(handle, clock);
      const [model] = (await result.report()).byModel;
      rows.push([model?.name, model?.runMs, model?.cost.usd]);
    }
    expect(rows).toEqual([
      ["timed/a", 300, 0.04],
      ["timed/b", 200, 0.03],
    ]);
  });
});

describe("GP-03 iterate", () => {
  it("gives the picture of an earlier run to another model, under the earlier run's id", async () => {
    const anchor = await new Pipeline("anchor").step(image, { name: "frame", model: "seedream", prompt: "boat" }).run();
    const next = await new Pipeline("next")
      .step(image, {
        name: "frame",
        model: "flux-kontext-pro",
        prompt: "bluer",
        inputs: { reference: outputAsset(anchor.step("frame")) },
      })
      .run({ parentRunIds: [anchor.runId] });
    const [step] = next.run.steps;
    expect([step?.model, next.run.parentRunId]).toEqual(["flux-kontext-pro", anchor.runId]);
    expect(step?.inputs).toEqual(anchor.step("frame").assets);
    expect(next.run.metadata.parent_run_ids).toEqual([anchor.runId]);
  });
});

describe("GP-04 approve, GP-05 fan out", () => {
  it("moves the chosen picture only", async () => {
    const clock = createFakeClock();
    const runtime = createRuntime({ clock, random: () => 0 });
    const film = worker({ name: "film", yields: "video", accepts: ["image"] });
    const handle = new Pipeline("p")
      .step(image, { name: "one", model: "m", prompt: "1" })
      .step(image, { name: "two", model: "m", prompt: "2" })
      .step(approve({ question: "Which?" }), { name: "chosen", inputs: ["one", "two"] })
      .step(film, { name: "clip", model: "m", inputs: { firstFrame: "chosen" } })
      .start({ runtime });
    const { result: waiting } = await finish(handle, clock);
    expect([waiting.status, waiting.waiting, film.asked.length]).toEqual(["waiting", ["chosen"], 0]);
    const answers = { chosen: { approved: true, choose: [1], by: "kim" } };
    const { result, events } = await finish(waiting.resume({ answers }), clock);
    expect(result.status).toBe("completed");
    expect(film.asked.map(({ inputs }) => inputs.map(({ step, role }) => [step, role]))).toEqual([
      [["two", "firstFrame"]],
    ]);
    expect(result.run.steps[2]?.metadata.answer).toEqual(answers.chosen);
    expect(shortEvents(events)).toContain("step.answered chosen");
  });

  it("animates at three models at once; one that fails does not stop the others, and all that was made is there", async () => {
    const clock = createFakeClock();
    const takesMs = ({ model }: { readonly model: string }) =>
      ({ kling: 9_000, wan: 5_000, pixverse: 2_000 })[model] ?? 1;
    const gmi = worker({
      name: "gmi",
      yields: "video",
      accepts: ["image"],
      takesMs,
      give: ({ model }) => {
        if (model === "wan") throw new Error("no capacity");
        return { assets: [scriptedAsset("video/mp4", model)] };
      },
    });
    const target = (model: string) => ({ provider: gmi, model });
    const handle = new Pipeline("p")
      .step(image, { name: "frame", model: "m" })
      .step(
        fanOut({ kling: target("kling"), wan: target("wan"), pixverse: target("pixverse") }, { join: { atLeast: 2 } }),
        {
          name: "clips",
          prompt: "move",
          inputs: { firstFrame: "frame" },
        },
      )
      .start({ runtime: createRuntime({ clock, random: () => 0 }) });
    const { result, events } = await finish(handle, clock);
    expect(result.status).toBe("completed");
    expect(spansOf(events)).toMatchObject({
      "clips.kling": [0, 9_000],
      "clips.wan": [0, 5_000],
      "clips.pixverse": [0, 2_000],
    });
    expect(result.elapsedMs).toBe(9_000);
    expect(result.step("clips").evidence).toEqual({ arms: 3, succeeded: ["kling", "pixverse"] });
    expect(result.step("clips").assets).toHaveLength(2);
    expect(result.step("clips").parts.map(({ body, steps }) => [body, steps[0]?.state])).toEqual([
      ["kling", "succeeded"],
      ["wan", "failed"],
      ["pixverse", "succeeded"],
    ]);
  });
});
