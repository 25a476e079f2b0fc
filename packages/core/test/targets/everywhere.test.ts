import { describe, expect, it } from "vitest";
import { z } from "zod";
import { memoryCache } from "../../src/cache/index.js";
import { createRuntime, from, map, Pipeline } from "../../src/index.js";
import { planHash } from "../../src/pipeline/plan-hash.js";
import { replay } from "../../src/replay/index.js";
import { fromWorkflow, toWorkflow } from "../../src/workflow/index.js";
import { createFakeClock } from "../support.js";
import { finishRun, refusal, vendor } from "./targets-support.js";

const gone = () => vendor("one", { refuses: Array.from({ length: 50 }, () => refusal("MODEL_ERROR")) });

function withFallback(one = gone(), two = vendor("two")) {
  const fallbacks = [{ provider: two, model: "b" }];
  const options = { name: "clip", model: "a", prompt: "boat", fallbacks } as const;
  return { one, two, options, pipeline: new Pipeline("p").step(one, options) };
}

describe("a step with fallbacks", () => {
  it("falls back inside a map, for each of its items", async () => {
    const { one, two, options } = withFallback();
    const shot = new Pipeline("shot", { input: z.string() }).step(one, {
      ...options,
      prompt: from("input", (line) => line),
    });
    const film = new Pipeline("film").step(map(shot), { name: "shots", input: ["1", "2", "3"] });
    const { status, run } = await film.run();
    expect([status, one.log.submits.length, two.log.submits.length]).toEqual(["completed", 3, 3]);
    expect(run.steps.slice(1).map(({ provider }) => provider)).toEqual(["two", "two", "two"]);
  });

  it("is replayed from the manifest of a run that a fallback answered", async () => {
    const { pipeline } = withFallback();
    const { manifest } = await pipeline.run();
    const [one, two] = [vendor("one"), vendor("two")];
    const { run } = await replay(manifest, [one, two]).run();
    expect(run.steps[0]).toMatchObject({ provider: "two", model: "b", status: "succeeded" });
    expect([one.log.submits.length, two.log.submits.length]).toEqual([0, 1]);
  });

  it("keeps what a fallback gave under the fallback's own name in the cache", async () => {
    const cache = memoryCache();
    const { pipeline } = withFallback();
    await pipeline.run({ runtime: createRuntime({ cache }) });
    const direct = vendor("two");
    const { run } = await new Pipeline("q")
      .step(direct, { name: "other", model: "b", prompt: "boat" })
      .run({ runtime: createRuntime({ cache }) });
    expect([run.steps[0]?.providerPayload.cache, direct.log.submits.length]).toEqual(["hit", 0]);
  });

  it("goes into a workflow and comes back with its fallbacks and its hedge", async () => {
    const { one, two, options } = withFallback();
    const build = (more: object) => new Pipeline("p").step(one, { ...options, ...more });
    for (const more of [{}, { hedge: { afterMs: 9_000, observed: true }, fallbackOn: ["content_policy"] }]) {
      const workflow = toWorkflow(build(more));
      const rebuilt = fromWorkflow(JSON.parse(JSON.stringify(workflow)), { providers: [one, two] } as never);
      expect(toWorkflow(rebuilt as never)).toEqual(workflow);
    }
    expect(toWorkflow(build({}))).not.toEqual(toWorkflow(build({ hedge: { afterMs: 1 } })));
  });

  it("has another plan hash than one with other fallbacks, and the same one with the same", () => {
    const [hash, same, other] = ["two", "two", "three"].map((name) =>
      planHash(withFallback(gone(), vendor(name)).pipeline.plan()),
    );
    expect([hash === same, hash === other]).toEqual([true, false]);
  });
});

describe("a breaker that two runs share", () => {
  it("lets one of them try a target that rested, and the other one passes it over", async () => {
    const clock = createFakeClock();
    const runtime = createRuntime({ clock, retry: "off", breaker: { failures: 1, cooldownMs: 1_000 } });
    const one = vendor("one", { takesMs: 5_000, refuses: [refusal("SERVER_ERROR")] });
    const { pipeline, two } = withFallback(one);
    await finishRun(pipeline.start({ runtime }), clock);
    await clock.advance(1_000);
    const both = [pipeline.start({ runtime }), pipeline.start({ runtime })];
    const [tried, passed] = await Promise.all(both.map((handle) => finishRun(handle, clock)));
    expect([tried?.run.steps[0]?.provider, passed?.run.steps[0]?.provider]).toEqual(["one", "two"]);
    expect([one.log.submits.length, two.log.submits.length]).toEqual([2, 2]);
  });

  it("lets the next one try when the one that tried was cancelled", async () => {
    const clock = createFakeClock();
    const runtime = createRuntime({ clock, retry: "off", breaker: { failures: 1, cooldownMs: 1_000 } });
    const one = vendor("one", { takesMs: 5_000, refuses: [refusal("SERVER_ERROR")] });
    const { pipeline } = withFallback(one);
    await finishRun(pipeline.start({ runtime }), clock);
    await clock.advance(1_000);
    const cancelled = pipeline.start({ runtime, throwOnFailure: false });
    await clock.advance(10);
    cancelled.cancel();
    await finishRun(cancelled, clock);
    const { run } = await finishRun(pipeline.start({ runtime }), clock);
    expect(run.steps[0]?.provider).toBe("one");
  });
});
