import { describe, expect, it } from "vitest";
import { z } from "zod";
import { memoryCache, type StepCache } from "../../src/cache/index.js";
import { createRuntime, type ExternalAsset, fileAsset, Pipeline } from "../../src/index.js";
import { createFakeClock } from "../support.js";
import { finish, worker } from "./graph-support.js";

const never = () => new Promise<never>(() => {});

/** A cache of which one half never answers. */
const cacheWith = (half: Partial<StepCache>): StepCache => ({ ...memoryCache(), ...half });

const image = () => worker({ name: "image", yields: "image", accepts: ["image"] });

describe("the time limit of a step", () => {
  it.each([
    { name: "a guard of the prompt", options: { guards: [{ name: "eye", checkPrompt: never }] }, asked: 0 },
    { name: "a guard of the output", options: { guards: [{ name: "eye", checkOutput: never }] }, asked: 1 },
  ])("ends $name that never answers", async ({ options, asked }) => {
    const clock = createFakeClock();
    const provider = image();
    const pipeline = new Pipeline("p", { runtime: createRuntime({ clock }) }).step(provider, {
      name: "made",
      model: "m",
      prompt: "x",
      timeoutMs: 100,
      ...options,
    });
    const { result } = await finish(pipeline.start({ throwOnFailure: false }), clock);
    expect(result.step("made").error?.code).toBe("TIMED_OUT");
    expect(provider.asked).toHaveLength(asked);
    expect(clock.pending).toBe(0);
  });

  it("ends a schema that never answers", async () => {
    const clock = createFakeClock();
    const words = worker({ name: "words", yields: "text", give: () => ({ json: { a: 1 } }) });
    const pipeline = new Pipeline("p", { runtime: createRuntime({ clock }) }).step(words, {
      name: "made",
      model: "m",
      prompt: "x",
      timeoutMs: 100,
      output: z.object({ a: z.number() }).refine(never),
    });
    const { result } = await finish(pipeline.start({ throwOnFailure: false }), clock);
    expect(result.step("made").error?.code).toBe("TIMED_OUT");
  });

  it("ends a cache that never answers, but not a step that has its result", async () => {
    const clock = createFakeClock();
    const ends: unknown[] = [];
    for (const cache of [cacheWith({ get: never }), cacheWith({ put: never })]) {
      const pipeline = new Pipeline("p", { runtime: createRuntime({ clock, cache }) }).step(image(), {
        name: "made",
        model: "m",
        timeoutMs: 100,
      });
      const { result } = await finish(pipeline.start({ throwOnFailure: false }), clock);
      ends.push([result.step("made").state, result.step("made").error?.code, result.step("made").warnings.length]);
    }
    expect(ends).toEqual([
      ["failed", "TIMED_OUT", 0],
      ["succeeded", undefined, 1],
    ]);
  });

  it("ends waiting for a file, and not that of another step which takes the same", async () => {
    const clock = createFakeClock();
    const loaded: ((bytes: Uint8Array) => void)[] = [];
    const slow: ExternalAsset = {
      ...fileAsset("picture.png"),
      load: () =>
        new Promise((resolve) => {
          loaded.push((bytes) => resolve({ bytes, mediaType: "image/png", url: undefined, known: undefined }));
        }),
    };
    const provider = image();
    const handle = new Pipeline("p", { runtime: createRuntime({ clock }) })
      .step(provider, { name: "hasty", model: "m", inputs: [slow], timeoutMs: 100 })
      .step(provider, { name: "patient", model: "m", inputs: [slow] })
      .start({ throwOnFailure: false });
    await clock.advance(200);
    loaded[0]?.(new Uint8Array([1, 2, 3]));
    const { result } = await finish(handle, clock);
    expect([result.step("hasty").error?.code, result.step("patient").state]).toEqual(["TIMED_OUT", "succeeded"]);
    expect(loaded).toHaveLength(1);
  });
});
