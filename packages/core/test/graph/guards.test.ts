import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Guard } from "../../src/guard/guard.js";
import { createRuntime, from, map, memoryJournal, Pipeline, route } from "../../src/index.js";
import { perUnit } from "../../src/pricing/index.js";
import { collect } from "../run-support.js";
import { scriptedAsset } from "../support.js";
import { shortEvents, worker } from "./graph-support.js";
import { no, painter, watch, writer } from "./guard-graph-support.js";

const Tags = z.object({ tags: z.array(z.string()) });

describe("JSON that does not fit", () => {
  const asking = (provider: ReturnType<typeof writer>) =>
    new Pipeline("p").step(provider, { name: "tags", model: "m", prompt: "Tag it.", output: Tags });

  it("is asked for once more, with what was wrong; both answers are paid for and recorded", async () => {
    const provider = writer('{"tags": 5}', '{"tags": ["boat"]}');
    const handle = asking(provider).start();
    const [events, result] = await Promise.all([collect(handle.events), handle.result]);
    expect(result.step("tags").json).toEqual({ tags: ["boat"] });
    expect(provider.asked.map(({ prompt }) => prompt?.split("\n\n")[0])).toEqual(["Tag it.", "Tag it."]);
    const second = provider.asked[1];
    expect(second?.feedback).toContain('"tags"');
    expect(second?.prompt).toBe(`Tag it.\n\n${second?.feedback}`);
    const [step] = result.run.steps;
    // The manifest has the words of the step, not what was said of the first answer.
    expect([step?.prompt, step?.costUsd]).toEqual(["Tag it.", 0.02]);
    expect(step?.providerPayload.rejected).toMatchObject([
      { by: "schema", stage: "output", assets: [{ media_type: "text/plain" }] },
    ]);
    expect(step?.metadata).toEqual({ name: "tags" });
    expect(shortEvents(events).filter((event) => !event.startsWith("pipeline"))).toEqual([
      "step.started tags",
      "step.progress tags",
      "step.rejected tags",
      "step.progress tags",
      "step.progress tags",
      "step.completed tags",
    ]);
    expect(result.step("tags").attempts).toBe(2);
  });

  it.each([
    { name: "no JSON", answer: "I cannot." },
    { name: "other JSON", answer: '{"tags": [5]}' },
  ])("fails the step when it is $name twice, and the answers are there", async ({ answer }) => {
    const provider = writer(answer);
    const result = await asking(provider).run({ throwOnFailure: false });
    expect(result.step("tags").error?.code).toBe("OUTPUT_INVALID");
    expect(provider.asked).toHaveLength(2);
    expect(result.run.steps[0]).toMatchObject({ status: "failed", errorCode: "model_error", costUsd: 0.02 });
    expect(new TextDecoder().decode(await result.step("tags").bytes())).toBe(answer);
    expect(() => result.step("tags").json).toThrow("writer/m");
  });

  it("is asked for once more at every item and every arm by itself", async () => {
    const provider = writer("no", "no", '{"tags": []}');
    const body = new Pipeline("b", { input: z.string() }).step(provider, { name: "t", model: "m", output: Tags });
    const result = await new Pipeline("p")
      .step(map(body, { concurrency: 1 }), { name: "all", input: ["a", "b"] })
      .run({ throwOnFailure: false });
    expect([result.step("all[0].t").state, result.step("all[1].t").state]).toEqual(["failed", "succeeded"]);
    const routed = await new Pipeline("p")
      .step(
        route({ a: { provider: writer("no", '{"tags": []}'), model: "m" } }, () => "a"),
        {
          name: "f",
          prompt: "x",
          output: Tags,
        },
      )
      .run();
    expect(routed.step("f.a").attempts).toBe(2);
  });
});

describe("a guard of prompts", () => {
  it("sees the words and rejects before anything is spent: GUARD_REJECTED, metadata.moderation, an event", async () => {
    const provider = painter();
    const guard = watch({ prompt: no("violence", "violence") });
    const handle = new Pipeline("p", { guards: [guard] })
      .step(provider, { name: "a", model: "m", prompt: "a fight", params: { negativePrompt: "blood" } })
      .start({ throwOnFailure: false });
    const [events, result] = await Promise.all([collect(handle.events), handle.result]);
    expect(provider.asked).toEqual([]);
    expect(guard.prompts.map(({ texts, text, step, provider: maker }) => [texts, text, step, maker])).toEqual([
      [["a fight", "blood"], "a fight\n\nblood", "a", "painter"],
    ]);
    expect(result.step("a").error?.code).toBe("GUARD_REJECTED");
    expect(result.step("a").error?.message).toBe('Step "a": guard "watch" rejected the prompt for painter/m: violence');
    expect(result.run.steps[0]?.metadata.moderation).toEqual({
      stage: "pre",
      reason: "violence",
      flagged_categories: ["violence"],
      guard: "watch",
    });
    expect(result.run.steps[0]?.costUsd).toBe(null);
    expect(events.filter((event) => event.type === "step.rejected")).toMatchObject([
      { by: "watch", reason: "violence" },
    ]);
  });

  it("is not asked about nothing, and those of the pipeline come before those of the step, inside nodes too", async () => {
    const asked: string[] = [];
    const named = (name: string): Guard => ({
      name,
      checkPrompt: ({ step }) => {
        asked.push(`${name} ${step}`);
        return { allowed: true };
      },
    });
    const body = new Pipeline("b", { input: z.string(), guards: [named("inner")] }).step(painter(), {
      name: "f",
      model: "m",
      prompt: from("input", (input) => input),
      guards: [named("step")],
    });
    await new Pipeline("p", { guards: [named("outer")] })
      .step(painter(), { name: "silent", model: "m" })
      .step(map(body), { name: "all", input: ["x"] })
      .run();
    expect(asked).toEqual(["outer all[0].f", "inner all[0].f", "step all[0].f"]);
  });

  it("alone sees a private prompt; what it quotes of it is taken out", async () => {
    const journal = memoryJournal();
    const secret = "the hidden harbour";
    const guard = watch({ prompt: no(`no ${secret} here`) });
    const handle = new Pipeline("p", { guards: [guard] })
      .step(painter(), { name: "a", model: "m", prompt: secret, promptVisibility: "private" })
      .start({ throwOnFailure: false, runtime: createRuntime({ journal }) });
    const [events, result] = await Promise.all([collect(handle.events), handle.result]);
    const entries: unknown[] = [];
    for await (const entry of journal.read(result.runId)) entries.push(entry);
    expect(guard.prompts.map(({ text, isPrivate }) => [text, isPrivate])).toEqual([[secret, true]]);
    expect(result.step("a").error?.code).toBe("GUARD_REJECTED");
    for (const told of [events, entries, result.run, result.error?.message]) {
      expect(JSON.stringify(told)).not.toContain("harbour");
    }
  });

  it("that throws, or says nothing that it knows, does not let the words through", async () => {
    const provider = painter();
    const throws: Guard = {
      name: "down",
      checkPrompt: () => {
        throw new Error("moderation is down");
      },
    };
    const result = await new Pipeline("p")
      .step(provider, { name: "a", model: "m", prompt: "x", guards: [throws] })
      .run({ throwOnFailure: false });
    expect(result.step("a").error?.message).toContain("moderation is down");
    expect(provider.asked).toEqual([]);
  });
});

describe("a guard of outputs", () => {
  it("sees what was made, has it made again as often as it may, each time with another seed", async () => {
    const provider = worker({
      name: "painter",
      yields: "image",
      give: ({ seed }) => ({ assets: [scriptedAsset("image/png", `seed ${seed}`)], costUsd: 0.1 }),
    });
    const guard = watch({ outputs: [no("blurred"), no("dark")] });
    const result = await new Pipeline("p")
      .step(provider, { name: "a", model: "m", prompt: "boat", params: { seed: 7 }, guards: [guard], regenerate: 2 })
      .run();
    expect(provider.asked.map(({ seed, prompt }) => [seed, prompt])).toEqual([
      [7, "boat"],
      [8, "boat"],
      [9, "boat"],
    ]);
    const seen = await Promise.all(
      guard.outputs.map(async ({ assets }) => new TextDecoder().decode(await assets[0]?.read())),
    );
    expect(seen).toEqual(["seed 7", "seed 8", "seed 9"]);
    expect([result.run.steps[0]?.seed, result.run.steps[0]?.costUsd]).toEqual(
      [9, 0.30000000000000004].map((each) => (each === 9 ? 9 : 0.3)),
    );
    expect(result.run.steps[0]?.metadata.moderation).toBe(undefined);
  });

  it("ends the step when it may not be made again; what was made is there, and the manifest says why", async () => {
    const guard = watch({ outputs: [no("nsfw", "nsfw", "x")] });
    const result = await new Pipeline("p", { guards: [guard] })
      .step(painter(), { name: "a", model: "m" })
      .run({ throwOnFailure: false, runtime: createRuntime({ prices: { "painter/*": perUnit(0.1) } }) });
    expect(result.step("a").error?.code).toBe("GUARD_REJECTED");
    expect(result.step("a").assets).toHaveLength(1);
    expect(result.run.steps[0]).toMatchObject({
      status: "failed",
      errorCode: "invalid_input",
      costUsd: 0.1,
      metadata: { moderation: { stage: "post", reason: "nsfw", flagged_categories: ["nsfw", "x"], guard: "watch" } },
    });
  });

  it("is not to blame for what fails when it is made again", async () => {
    let call = 0;
    const provider = worker({
      name: "painter",
      yields: "image",
      give: () => {
        call += 1;
        if (call > 1) throw new Error("out of order");
        return { assets: [scriptedAsset("image/png", "first")] };
      },
    });
    const result = await new Pipeline("p")
      .step(provider, { name: "a", model: "m", guards: [watch({ outputs: [no("blurred")] })], regenerate: 1 })
      .run({ throwOnFailure: false });
    expect(result.step("a").error?.message).toContain("out of order");
    expect(result.run.steps[0]?.metadata.moderation).toBe(undefined);
  });

  it("says what it could not look at as a warning", async () => {
    const guard = watch({ outputs: [{ allowed: true, notChecked: "a sound" }] });
    const result = await new Pipeline("p").step(painter(), { name: "a", model: "m", guards: [guard] }).run();
    expect(result.step("a").warnings).toEqual([{ option: "guards.watch", message: "Not checked: a sound" }]);
  });
});
