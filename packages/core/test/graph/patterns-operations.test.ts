import { describe, expect, it } from "vitest";
import { createRuntime, Pipeline } from "../../src/index.js";
import { compareDedicated, perUnit } from "../../src/pricing/index.js";
import { formatReport } from "../../src/report/index.js";
import { keepWarm } from "../../src/run/keep-warm.js";
import { toWorkflow } from "../../src/workflow/index.js";
import { createFakeClock, scriptedProvider } from "../support.js";
import { codeOf, rejection } from "../thrown.js";
import { finish, worker } from "./graph-support.js";

const chat = worker({ name: "chat", yields: "text" });

const image = worker({ name: "image", yields: "image", accepts: ["image"] });

describe("PT-07 cost per step", () => {
  it("gives every step a cost, or null with a reason, and the run their sum by provider and model", async () => {
    const priced = worker({ name: "priced", yields: "image" });
    const unpriced = worker({ name: "unpriced", yields: "image" });
    const runtime = createRuntime({ prices: { "priced/*": perUnit(0.1), "priced/b": perUnit(0.2) } });
    const known = await new Pipeline("p")
      .step(priced, { name: "a", model: "a" })
      .step(priced, { name: "b", model: "b" })
      .run({ runtime });
    expect(known.run.steps.map(({ costUsd }) => costUsd)).toEqual([0.1, 0.2]);
    const report = await known.report();
    expect(report.cost.usd).toBe(0.3);
    expect(report.byModel.map(({ name, cost }) => [name, cost.usd]).toSorted()).toEqual([
      ["priced/a", 0.1],
      ["priced/b", 0.2],
    ]);
    expect(report.byProvider.map(({ name, cost }) => [name, cost.usd])).toEqual([["priced", 0.3]]);
    const open = await new Pipeline("p").step(unpriced, { name: "u", model: "m" }).run({ runtime });
    expect(open.run.steps[0]?.costUsd).toBe(null);
    expect((await open.report()).cost.usd).toBe(null);
    expect(open.run.steps[0]?.providerPayload.cost_unknown).toBe(
      'no price is known for unpriced/m; give one: prices: { "unpriced/m": perUnit(...) }',
    );
  });

  it("counts attempts that were not taken", async () => {
    const painter = worker({ name: "painter", yields: "image" });
    let checks = 0;
    const guard = {
      name: "second",
      checkOutput: () =>
        checks++ === 0 ? ({ allowed: false, reason: "blurred" } as const) : ({ allowed: true } as const),
    };
    const result = await new Pipeline("p")
      .step(painter, { name: "a", model: "m", guards: [guard], regenerate: 1 })
      .run({ runtime: createRuntime({ prices: { "painter/m": perUnit(0.1) } }) });
    expect(result.run.steps[0]?.costUsd).toBe(0.2);
  });
});

describe("PT-12 dependency graph", () => {
  const counted = worker({ name: "counted", yields: "image", accepts: ["image"] });
  const data = (steps: readonly object[]) => Pipeline.from({ name: "p", steps: steps as never });
  it.each([
    {
      name: "a circle",
      code: "CYCLE",
      steps: [
        { provider: counted, model: "m", name: "a", inputs: ["b"] },
        { provider: counted, model: "m", name: "b", inputs: ["a"] },
      ],
    },
    {
      name: "a missing input",
      code: "UNKNOWN_STEP",
      steps: [{ provider: counted, model: "m", name: "a", inputs: ["nobody"] }],
    },
    {
      name: "a wrong kind",
      code: "WRONG_MODALITY",
      steps: [
        { provider: chat, model: "m", name: "t" },
        { provider: counted, model: "m", name: "a", inputs: ["t"] },
      ],
    },
  ])("refuses $name before anyone is asked", async ({ code, steps }) => {
    const before = counted.asked.length + chat.asked.length;
    expect(codeOf(() => data(steps).plan())).toBe(code);
    expect((await rejection(data(steps).run())).code).toBe(code);
    expect(counted.asked.length + chat.asked.length).toBe(before);
  });

  it("prints the critical path", async () => {
    const clock = createFakeClock();
    const slow = worker({ name: "slow", yields: "image", takesMs: 700 });
    const fast = worker({ name: "fast", yields: "image", takesMs: 100 });
    const last = worker({ name: "last", yields: "video", accepts: ["image"], takesMs: 300 });
    const handle = new Pipeline("p")
      .step(slow, { name: "long", model: "m" })
      .step(fast, { name: "short", model: "m" })
      .step(last, { name: "end", model: "m", inputs: ["long", "short"] })
      .start({ runtime: createRuntime({ random: () => 0, clock }) });
    const { result } = await finish(handle, clock);
    const report = await result.report();
    expect(report.criticalPath).toEqual({
      keys: ["long", "end"],
      lengthMs: 1_000,
      workMs: 1_000,
      waitingMs: 0,
      delayMs: 0,
    });
    expect(report.steps.find(({ key }) => key === "short")?.slackMs).toBe(600);
    expect(formatReport(report)).toContain("long");
  });
});

describe("PT-13 versions", () => {
  it("gives equal pipelines one id, other ones another", () => {
    const version = (model: string) => toWorkflow(new Pipeline("p").step(image, { name: "a", model, prompt: "boat" }));
    expect(version("one").id).toBe(version("one").id);
    expect(version("two").id).not.toBe(version("one").id);
  });
});

describe("PT-16 scaling maths", () => {
  it("finds $1,440 a month for $2.00 an hour, of which 40 % use leaves $864 idle, and a break-even of 80 %", () => {
    const month = compareDedicated({ dedicatedUsdPerHour: 2, serverlessUsdPerHour: 2.5, utilization: 0.4 });
    expect(month).toMatchObject({
      dedicatedUsdPerMonth: 1_440,
      usedUsdPerMonth: 576,
      idleUsdPerMonth: 864,
      breakEvenUtilization: 0.8,
      cheaper: "serverless",
    });
  });
});

describe("PT-17 bottleneck", () => {
  it("tells queue from work, the steps that make 80 % of the time, and what half of one would win", async () => {
    const clock = createFakeClock();
    const takesMs = ({ model }: { readonly model: string }) => Number(model);
    const timed = worker({ name: "timed", yields: "image", accepts: ["image"], takesMs });
    const handle = new Pipeline("p")
      .step(timed, { name: "a", model: "8000" })
      .step(timed, { name: "b", model: "1000" })
      .step(timed, { name: "c", model: "1000", inputs: ["a"] })
      .start({ concurrency: 1, runtime: createRuntime({ random: () => 0, clock }) });
    const { result } = await finish(handle, clock);
    const report = await result.report();
    expect(report.steps.map(({ key, queuedMs, providerMs }) => [key, queuedMs, providerMs])).toEqual([
      ["a", 0, 8_000],
      ["b", 8_000, 1_000],
      ["c", 1_000, 1_000],
    ]);
    expect(report.paretoSteps).toEqual([{ key: "a", runMs: 8_000, share: 0.8 }]);
    // Half of "a" wins a second as long as the others queue as they did, and four without any queue.
    expect(report.whatIf.find(({ key }) => key === "a")).toMatchObject({ savedMs: 1_000, withoutQueueMs: 5_000 });
  });
});

describe("PT-19 cold starts", () => {
  it("tags the first request to a model, and the next one after a long pause", async () => {
    const clock = createFakeClock();
    const runtime = createRuntime({ random: () => 0, clock, coldAfterMs: 60_000 });
    const pipeline = new Pipeline("p").step(image, { name: "a", model: "m" });
    const cold: unknown[] = [];
    for (const pauseMs of [0, 59_999, 60_000]) {
      await clock.advance(pauseMs);
      const { result } = await finish(pipeline.start({ runtime }), clock);
      cold.push([result.run.steps[0]?.providerPayload.cold_start ?? false, (await result.report()).coldStarts]);
    }
    expect(cold).toEqual([
      [true, 1],
      [false, 0],
      [true, 1],
    ]);
  });

  it("keeps a model warm by pings at intervals until it is told to stop", async () => {
    const clock = createFakeClock();
    const control = new AbortController();
    let pings = 0;
    const warm = keepWarm(createRuntime({ random: () => 0, clock }), {
      ping: async () => pings++,
      everyMs: 1_000,
      signal: control.signal,
    });
    await clock.advance(3_500);
    control.abort();
    await warm;
    expect(pings).toBe(4);
    expect(clock.pending).toBe(0);
  });
});

describe("PT-20 cached tokens", () => {
  it("keeps the cached tokens that a provider counted, outside the hash", async () => {
    const told = (cached: number) =>
      scriptedProvider({
        name: "chat",
        yields: "text",
        script: [{ kind: "done", output: { text: "hello", payload: { usage: { cached_tokens: cached } } } }],
      });
    const run = (cached: number) => new Pipeline("p").step(told(cached), { name: "a", model: "m", prompt: "hi" }).run();
    const [some, none] = [await run(1_024), await run(0)];
    expect(some.run.steps[0]?.providerPayload.usage).toEqual({ cached_tokens: 1_024 });
    expect(some.manifest.canonicalHash).toBe(none.manifest.canonicalHash);
  });
});
