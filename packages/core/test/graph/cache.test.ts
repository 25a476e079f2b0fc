import { describe, expect, it } from "vitest";
import { z } from "zod";
import { memoryCache, type StepCache } from "../../src/cache/index.js";
import type { Guard } from "../../src/guard/guard.js";
import { bytesAsset, createRuntime, fanOut, Pipeline, type RunEvent, type RunOptions } from "../../src/index.js";
import { perUnit } from "../../src/pricing/index.js";
import { collect } from "../run-support.js";
import { rejection } from "../thrown.js";
import { shortEvents } from "./graph-support.js";
import { no, painter, watch, writer } from "./guard-graph-support.js";

const Tags = z.object({ tags: z.array(z.string()) });

describe("the cache", () => {
  /** Runs a pipeline of one step and says what the cache had to do with it. */
  async function cached(
    cache: StepCache,
    provider = painter(),
    step: {
      readonly model?: string;
      readonly prompt?: string;
      readonly private?: boolean;
      readonly mode?: "use" | "refresh" | "bypass";
    } = {},
    options: RunOptions<undefined> & { readonly tenantId?: string } = {},
  ) {
    const { tenantId, ...runOptions } = options;
    const { model = "m", prompt = "boat", mode } = step;
    const handle = new Pipeline("p", tenantId === undefined ? {} : { tenantId })
      .step(provider, {
        name: "a",
        model,
        prompt,
        ...(mode === undefined ? {} : { cache: mode }),
        ...(step.private === true ? { promptVisibility: "private" as const } : {}),
      })
      .start({ runtime: createRuntime({ cache, prices: { "painter/*": perUnit(0.1) } }), ...runOptions });
    const [events, result] = await Promise.all([collect(handle.events), handle.result]);
    const completed = events.find(
      (event): event is Extract<RunEvent, { type: "step.completed" }> => event.type === "step.completed",
    );
    return { events, result, provider, cache: completed?.cache, costUsd: completed?.costUsd };
  }

  it("answers equal work: nobody is asked, it costs 0, and events and manifest say so", async () => {
    const cache = memoryCache();
    const first = await cached(cache);
    const second = await cached(cache);
    expect([first.cache, first.costUsd, first.provider.asked.length]).toEqual(["stored", 0.1, 1]);
    expect([second.cache, second.costUsd, second.provider.asked.length]).toEqual(["hit", 0, 0]);
    expect(shortEvents(second.events)).toEqual([
      "pipeline.started",
      "step.started a",
      "step.completed a",
      "pipeline.completed",
    ]);
    expect(second.result.run.steps[0]).toMatchObject({
      status: "succeeded",
      costUsd: 0,
      providerPayload: { cache: "hit" },
    });
    expect(second.result.manifest.canonicalHash).toBe(first.result.manifest.canonicalHash);
    expect(await second.result.step("a").bytes()).toEqual(await first.result.step("a").bytes());
    expect(second.result.step("a").assets[0]?.assetId).not.toBe(first.result.step("a").assets[0]?.assetId);
    expect((await second.result.report()).cacheHits).toBe(1);
  });

  it("answers a resumed run, and the step of a node, alike", async () => {
    const cache = memoryCache();
    const provider = painter();
    const run = () =>
      new Pipeline("p")
        .step(fanOut({ a: { provider, model: "m" }, b: { provider, model: "n" } }), { name: "f", prompt: "boat" })
        .run({ runtime: createRuntime({ cache }) });
    const [first, second] = [await run(), await run()];
    expect(provider.asked).toHaveLength(2);
    expect(second.manifest.canonicalHash).toBe(first.manifest.canonicalHash);
  });

  it.each([
    { name: "the prompt", change: { prompt: "ship" } },
    { name: "the model", change: { model: "n" } },
  ])("does not answer when $name is another", async ({ change }) => {
    const cache = memoryCache();
    await cached(cache);
    expect((await cached(cache, painter(), change)).cache).toBe("stored");
  });

  it("is told by a step, or by the run, to be passed by or to be filled anew", async () => {
    const cache = memoryCache();
    await cached(cache);
    const rows = [
      await cached(cache, painter(), { mode: "bypass" }),
      await cached(cache, painter(), { mode: "refresh" }),
      await cached(cache, painter(), {}, { cache: "bypass" }),
      await cached(cache, painter(), {}, { cache: "refresh" }),
      await cached(cache, painter(), { mode: "use" }, { cache: "bypass" }),
    ];
    expect(rows.map((row) => [row.cache, row.provider.asked.length])).toEqual([
      ["bypassed", 1],
      ["stored", 1],
      ["bypassed", 1],
      ["stored", 1],
      ["hit", 0],
    ]);
  });

  it("keeps tenants apart", async () => {
    const cache = memoryCache();
    const rows = [
      await cached(cache, painter(), {}, { tenantId: "a" }),
      await cached(cache, painter(), {}, { tenantId: "b" }),
      await cached(cache, painter(), {}, { tenantId: "a" }),
      await cached(cache),
    ];
    expect(rows.map((row) => row.cache)).toEqual(["stored", "stored", "hit", "stored"]);
  });

  it("goes by the bytes of inputs and by the parts that they play", async () => {
    const cache = memoryCache();
    const provider = painter();
    const run = async (words: string, role: string) => {
      const photo = bytesAsset(new TextEncoder().encode(words), "image/png");
      const result = await new Pipeline("p")
        .step(provider, { name: "a", model: "m", inputs: { [role]: photo } })
        .run({ runtime: createRuntime({ cache }) });
      return result.run.steps[0]?.providerPayload.cache;
    };
    expect([
      await run("one", "firstFrame"),
      await run("one", "firstFrame"),
      await run("two", "firstFrame"),
      await run("one", "lastFrame"),
    ]).toEqual(["stored", "hit", "stored", "stored"]);
  });

  it("goes by the schema of a text, and reads a kept text by the schema of the step", async () => {
    const cache = memoryCache();
    const provider = writer('{"tags": ["boat"], "mood": "calm"}');
    const run = async (output: z.ZodType) => {
      const result = await new Pipeline("p")
        .step(provider, { name: "a", model: "m", prompt: "x", output })
        .run({ runtime: createRuntime({ cache }) });
      return [result.run.steps[0]?.providerPayload.cache, result.step("a").json];
    };
    const Mood = z.object({ mood: z.string() });
    expect([await run(Tags), await run(Tags), await run(Mood)]).toEqual([
      ["stored", { tags: ["boat"] }],
      ["hit", { tags: ["boat"] }],
      ["stored", { mood: "calm" }],
    ]);
    // A check that JSON Schema cannot say is asked all the same.
    const picky = Tags.refine(({ tags }) => tags.length > 5, "too few");
    const result = await new Pipeline("p")
      .step(provider, { name: "a", model: "m", prompt: "x", output: picky })
      .run({ runtime: createRuntime({ cache }), throwOnFailure: false });
    expect(result.step("a").error?.code).toBe("OUTPUT_INVALID");
  });

  it("keeps private work only under its owner's key, and gives it to nobody else", async () => {
    const cache = memoryCache();
    const key = (byte: number) => ({ privacy: { ownerKey: new Uint8Array(32).fill(byte) } });
    const work = { private: true, prompt: "the hidden harbour" };
    const rows = [
      await cached(cache, painter(), work),
      await cached(cache, painter(), work, key(1)),
      await cached(cache, painter(), work, key(1)),
      await cached(cache, painter(), work, key(2)),
      await cached(cache, painter(), { prompt: work.prompt }),
    ];
    expect(rows.map((row) => row.cache)).toEqual(["bypassed", "stored", "hit", "stored", "stored"]);
    for (const { events, result } of rows.slice(0, 4)) {
      expect(JSON.stringify([events, result.run])).not.toContain("harbour");
    }
  });

  it("is only a warning when it fails, to read or to write", async () => {
    const memory = memoryCache();
    const down: StepCache = {
      ...memory,
      get: () => Promise.reject(new Error("no disk")),
      put: () => Promise.reject(new Error("no disk")),
    };
    const { result, cache, provider } = await cached(down);
    expect([result.status, cache, provider.asked.length]).toEqual(["completed", "failed", 1]);
    expect(result.step("a").warnings.map(({ option, message }) => [option, message.replace(/:.*/, "")])).toEqual([
      ["cache", "The cache was not read"],
      ["cache", "The cache was not written"],
    ]);
  });

  it("keeps nothing of a step that failed, or whose output was refused", async () => {
    const cache = memoryCache();
    const guard = watch({ outputs: [no("blurred")] });
    const failing = new Pipeline("p").step(painter(), { name: "a", model: "m", prompt: "boat", guards: [guard] });
    expect((await rejection(failing.run({ runtime: createRuntime({ cache }) }))).code).toBe("RUN_FAILED");
    expect(cache.stats()).toMatchObject({ hits: 0, stored: 0 });
  });

  it("does not take the place of guards: they see prompts before it answers, and what it answers", async () => {
    const cache = memoryCache();
    const provider = painter();
    const run = (guard: Guard) =>
      new Pipeline("p")
        .step(provider, { name: "a", model: "m", prompt: "boat", guards: [guard] })
        .run({ runtime: createRuntime({ cache }), throwOnFailure: false });
    const cacheOf = (result: Awaited<ReturnType<typeof run>>) => result.run.steps[0]?.providerPayload.cache;
    await run(watch());
    const strict = await run(watch({ prompt: no("no boats") }));
    expect(strict.step("a").error?.code).toBe("GUARD_REJECTED");
    const content = watch();
    expect([cacheOf(await run(content)), content.outputs.length, provider.asked.length]).toEqual(["hit", 1, 1]);
    // What a guard does not want is not taken from the cache but made anew, and judged as ever.
    expect([cacheOf(await run(watch({ outputs: [no("blurred")] }))), provider.asked.length]).toEqual(["stored", 2]);
    const never = await run(watch({ outputs: [no("blurred"), no("blurred")] }));
    expect([never.step("a").error?.code, provider.asked.length]).toEqual(["GUARD_REJECTED", 3]);
  });
});
