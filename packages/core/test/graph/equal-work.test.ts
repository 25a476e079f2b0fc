import { describe, expect, it } from "vitest";
import { memoryCache } from "../../src/cache/index.js";
import { createRuntime, GenblazeError, Pipeline } from "../../src/index.js";
import { perUnit } from "../../src/pricing/index.js";
import { createFakeClock, scriptedAsset } from "../support.js";
import { finish, type WorkerOptions, worker } from "./graph-support.js";

const painter = (give?: WorkerOptions<"image", never>["give"]) =>
  worker({ name: "painter", yields: "image", takesMs: 100, ...(give === undefined ? {} : { give }) });

const boat = { model: "m", prompt: "boat" };

/** Three steps that do the same; the second one has a time limit. */
const three = (provider: ReturnType<typeof painter>, timeoutMs?: number) =>
  new Pipeline("p")
    .step(provider, { name: "a", ...boat })
    .step(provider, { name: "b", ...boat, timeoutMs })
    .step(provider, { name: "c", ...boat });

describe("equal work at one time", () => {
  it("is paid for once where there is a cache, in one run and over several", async () => {
    const clock = createFakeClock();
    const provider = painter();
    const prices = { "painter/*": perUnit(2) };
    const runtime = createRuntime({ random: () => 0, clock, cache: memoryCache(), prices });
    const handles = [three(provider), three(provider)].map((pipeline) => pipeline.start({ runtime }));
    const ends = await Promise.all(handles.map((handle) => finish(handle, clock)));
    expect(provider.asked).toHaveLength(1);
    const costs = ends.flatMap(({ result }) => result.run.steps.map(({ costUsd }) => costUsd));
    expect(costs.toSorted()).toEqual([0, 0, 0, 0, 0, 2]);
    expect(ends.map(({ result }) => result.elapsedMs)).toEqual([100, 100]);
  });

  it("is asked for by the next one when the first one fails, and not waited for beyond a time limit", async () => {
    const clock = createFakeClock();
    const provider = painter((_, call) => {
      if (call === 0) throw new GenblazeError("MODEL_ERROR", "out of order");
      return { assets: [scriptedAsset("image/png", "boat")] };
    });
    const runtime = createRuntime({ random: () => 0, clock, cache: memoryCache() });
    const { result } = await finish(three(provider, 50).start({ runtime, throwOnFailure: false }), clock);
    expect(result.steps.map(({ state, error }) => [state, error?.code])).toEqual([
      ["failed", "MODEL_ERROR"],
      ["failed", "TIMED_OUT"],
      ["succeeded", undefined],
    ]);
    expect([provider.asked.length, result.elapsedMs]).toEqual([2, 200]);
  });

  it("is done at one time where its result cannot be kept for others", async () => {
    const clock = createFakeClock();
    const asset = { mediaType: "image/png", url: "https://vendor.test/picture.png" };
    const provider = painter(() => ({ assets: [asset] }));
    const { result } = await finish(
      three(provider).start({ runtime: createRuntime({ random: () => 0, clock, cache: memoryCache() }) }),
      clock,
    );
    expect([provider.asked.length, result.elapsedMs]).toEqual([3, 200]);
  });

  it("waits on resume for the step whose job is still under way", async () => {
    const clock = createFakeClock();
    const provider = painter();
    const runtime = createRuntime({ random: () => 0, clock, cache: memoryCache() });
    const { result: late } = await finish(
      three(provider).start({ runtime, timeoutMs: 50, throwOnFailure: false }),
      clock,
    );
    expect(late.steps.map(({ error }) => error?.code)).toEqual(["TIMED_OUT", "TIMED_OUT", "TIMED_OUT"]);
    const { result } = await finish(late.resume(), clock);
    expect([result.status, provider.asked.length]).toEqual(["completed", 1]);
  });
});
