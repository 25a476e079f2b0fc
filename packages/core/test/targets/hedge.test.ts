import { describe, expect, it } from "vitest";
import { createRuntime, Pipeline, type RunEvent } from "../../src/index.js";
import { memoryJournal, resume } from "../../src/journal/index.js";
import { perUnit } from "../../src/pricing/index.js";
import { createFakeClock } from "../support.js";
import { finishRun, refusal, type VendorOptions, vendor } from "./targets-support.js";

const prices = { "slow/*": perUnit(3), "fast/*": perUnit(1) };

function setUp(slow: VendorOptions, fast: VendorOptions, more: object = {}) {
  const clock = createFakeClock();
  const runtime = createRuntime({ clock, prices, random: () => 0 });
  const [first, second] = [vendor("slow", slow), vendor("fast", fast)];
  const fallbacks = [{ provider: second, model: "b" }];
  const step = { name: "clip", model: "a", fallbacks, hedge: { afterMs: 10_000 }, ...more };
  return { clock, runtime, first, second, pipeline: new Pipeline("p").step(first, step) };
}

const typesOf = (events: readonly RunEvent[]) =>
  events.flatMap(({ type }) => (type.startsWith("step.") && type !== "step.progress" ? [type] : []));

describe("a hedged step", () => {
  it("asks the fallback beside a slow provider, takes what comes first and calls the other job back", async () => {
    const { clock, runtime, first, second, pipeline } = setUp({ takesMs: 60_000 }, { takesMs: 5_000 });
    const events: RunEvent[] = [];
    const handle = pipeline.start({ runtime, onEvent: (event) => events.push(event) });
    const { run, elapsedMs } = await finishRun(handle, clock);
    expect([elapsedMs, first.log.submits.length, second.log.submits.length]).toEqual([15_000, 1, 1]);
    expect(first.log.cancels).toHaveLength(1);
    expect(typesOf(events)).toEqual(["step.started", "step.hedged", "step.outrun", "step.completed"]);
    expect(events.find(({ type }) => type === "step.outrun")).toMatchObject({
      loser: { provider: "slow", model: "a" },
      isCancelled: true,
    });
    // Both are priced: the one that was called back with what it was quoted.
    expect(run.steps[0]).toMatchObject({ provider: "fast", model: "b", costUsd: 4 });
    expect(run.steps[0]?.providerPayload.attempts).toMatchObject([
      { provider: "slow", outcome: "outrun", cost_usd: 3 },
      { provider: "fast", outcome: "answered", cost_usd: 1, hedge: true },
    ]);
    expect(clock.pending).toBe(0);
  });

  it("asks nobody else when the provider is fast enough", async () => {
    const { clock, runtime, second, pipeline } = setUp({ takesMs: 9_000 }, {});
    const { run } = await finishRun(pipeline.start({ runtime }), clock);
    expect([run.steps[0]?.provider, second.log.submits.length, clock.pending]).toEqual(["slow", 0, 0]);
  });

  it("takes the slow one when the other one fails, and the other way round", async () => {
    const slowWins = setUp({ takesMs: 20_000 }, { takesMs: 1_000, jobFails: refusal("SERVER_ERROR") });
    const one = await finishRun(slowWins.pipeline.start({ runtime: slowWins.runtime }), slowWins.clock);
    expect(one.run.steps[0]).toMatchObject({ provider: "slow", status: "succeeded" });
    const fastWins = setUp({ takesMs: 11_000, jobFails: refusal("MODEL_ERROR") }, { takesMs: 5_000 });
    const two = await finishRun(fastWins.pipeline.start({ runtime: fastWins.runtime }), fastWins.clock);
    expect(two.run.steps[0]).toMatchObject({ provider: "fast", status: "succeeded" });
  });

  it("asks the fallback in its turn when the provider fails before the delay", async () => {
    const { clock, runtime, pipeline } = setUp({ refuses: [refusal("MODEL_ERROR")] }, { takesMs: 1_000 });
    const events: RunEvent[] = [];
    const handle = pipeline.start({ runtime, onEvent: (event) => events.push(event) });
    await finishRun(handle, clock);
    expect(typesOf(events)).toEqual(["step.started", "step.fallback", "step.completed"]);
  });

  it("fails when both fail, and asks nobody twice", async () => {
    const jobFails = refusal("SERVER_ERROR", "broken");
    const { clock, runtime, first, second, pipeline } = setUp(
      { takesMs: 20_000, jobFails },
      { takesMs: 1_000, jobFails },
    );
    const { steps } = await finishRun(pipeline.start({ runtime, throwOnFailure: false }), clock);
    expect(steps[0]?.error?.code).toBe("SERVER_ERROR");
    expect([first, second].map(({ log }) => log.submits.length)).toEqual([1, 1]);
  });

  it("asks nobody else when one of the two says that the request is wrong, whoever fails later", async () => {
    const wrong = { takesMs: 11_000, jobFails: refusal("INVALID_INPUT", "no such size") };
    const broken = { takesMs: 5_000, jobFails: refusal("MODEL_ERROR", "broken") };
    const third = vendor("third");
    const { clock, runtime, first, second } = setUp(wrong, broken);
    const fallbacks = [
      { provider: second, model: "b" },
      { provider: third, model: "c" },
    ];
    const pipeline = new Pipeline("p").step(first, { model: "a", fallbacks, hedge: { afterMs: 10_000 } });
    const { steps } = await finishRun(pipeline.start({ runtime, throwOnFailure: false }), clock);
    expect([steps[0]?.error?.code, third.log.submits.length]).toEqual(["INVALID_INPUT", 0]);
  });

  it("goes after the observed time once the runtime has seen twenty outputs", async () => {
    const { clock, runtime, first, second } = setUp({ takesMs: 2_000 }, { takesMs: 100 });
    const plain = new Pipeline("warm").step(first, { model: "a" });
    for (let each = 0; each < 20; each++) await finishRun(plain.start({ runtime }), clock);
    const slower = { ...first, ...vendor("slow", { takesMs: 50_000 }) };
    const fallbacks = [{ provider: second, model: "b" }];
    const hedge = { afterMs: 10_000, observed: true };
    const hedged = new Pipeline("p").step(slower, { model: "a", fallbacks, hedge });
    expect((await finishRun(hedged.start({ runtime }), clock)).elapsedMs).toBe(2_100);
  });

  it("is cancelled with both of its jobs", async () => {
    const { clock, runtime, first, second, pipeline } = setUp({ takesMs: 60_000 }, { takesMs: 60_000 });
    const handle = pipeline.start({ runtime, throwOnFailure: false });
    await clock.advance(20_000);
    handle.cancel();
    const result = await finishRun(handle, clock);
    expect(result.status).toBe("cancelled");
    expect([first.log.cancels.length, second.log.cancels.length, clock.pending]).toEqual([1, 1, 0]);
  });

  it("follows both jobs when its process died, and pays for none again", async () => {
    const { clock, runtime, first, second, pipeline } = setUp({ takesMs: 90_000 }, { takesMs: 40_000 });
    const journal = memoryJournal();
    const cut = pipeline.start({ runtime, journal, runId: "r", timeoutMs: 20_000 });
    cut.result.catch(() => undefined);
    await clock.advance(20_000);
    await cut.result.catch(() => undefined);
    const again = await resume("r", { journal, pipeline, runtime: createRuntime({ clock, prices, random: () => 0 }) });
    const result = await finishRun(again, clock);
    expect(result.run.steps[0]).toMatchObject({ provider: "fast", costUsd: 4 });
    expect([first.log.submits.length, second.log.submits.length, first.log.cancels.length]).toEqual([1, 1, 1]);
  });
});
