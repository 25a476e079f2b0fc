import { describe, expect, it } from "vitest";
import { runFacts, stepFacts } from "../../test/support/report-facts.js";
import { createReport } from "./create-report.js";
import { formatReport } from "./format-report.js";

const film = runFacts(
  [
    stepFacts("frame", { readyMs: 0, startedMs: 0, answeredMs: 100, outputMs: 900, endedMs: 1_000 }),
    stepFacts("music", { provider: "band", readyMs: 0, startedMs: 200, endedMs: 700, coldStart: true }),
    stepFacts("clip", {
      waitsFor: ["frame"],
      readyMs: 1_000,
      startedMs: 1_000,
      endedMs: 5_000,
      attempts: 2,
      state: "failed",
      cost: { usd: 0.1, unit: "second", quantity: 4 },
    }),
    stepFacts("voice", { cached: true, readyMs: 0, startedMs: 0, endedMs: 0 }),
    stepFacts("film", { waitsFor: ["clip", "music"], state: "skipped", reason: '"clip" failed', endedMs: 5_000 }),
    stepFacts("tags", { waitsFor: ["film"], state: "planned", cost: { usd: null, reason: "not begun" } }),
  ],
  { status: "failed", elapsedMs: 5_100 },
);

describe("createReport: one step", () => {
  it("splits the time of a step into queue, submit, provider and transfer", () => {
    const [frame, music] = createReport(film).steps;
    expect(frame).toStrictEqual({
      key: "frame",
      parent: null,
      kind: "step",
      provider: "maker",
      model: "m-1",
      state: "succeeded",
      reason: null,
      readyMs: 0,
      queuedMs: 0,
      waitingMs: 0,
      submitMs: 100,
      providerMs: 800,
      transferMs: 100,
      totalMs: 1_000,
      attempts: 1,
      cost: { usd: 0, unit: "request", quantity: 1 },
      cached: false,
      coldStart: false,
      onCriticalPath: true,
      slackMs: 0,
    });
    expect(music).toMatchObject({ queuedMs: 200, submitMs: 0, providerMs: 500, transferMs: 0, totalMs: 700 });
    expect(music).toMatchObject({ onCriticalPath: false, slackMs: 4_500 });
  });

  it("lets what is not over end now", () => {
    const running = runFacts(
      [
        stepFacts("a", { state: "running", readyMs: 0, startedMs: 10, answeredMs: 30 }),
        stepFacts("b", { state: "ready", readyMs: 5 }),
      ],
      { elapsedMs: 100 },
    );
    const report = createReport(running);
    expect(report.steps[0]).toMatchObject({ queuedMs: 10, submitMs: 20, providerMs: 70, transferMs: 0, totalMs: 100 });
    expect(report.steps[1]).toMatchObject({ queuedMs: 95, totalMs: 95 });
    expect(report.notBegun).toStrictEqual([{ key: "b", state: "ready", reason: "waits for its turn" }]);
    expect(report.queuedMs).toBe(105);
  });

  it("moves a time up that lies before the one it follows", () => {
    const odd = runFacts([stepFacts("a", { readyMs: 50, startedMs: 40, answeredMs: 90, outputMs: 10, endedMs: 80 })]);
    expect(createReport(odd).steps[0]).toMatchObject({
      readyMs: 50,
      queuedMs: 0,
      submitMs: 30,
      providerMs: 0,
      transferMs: 0,
      totalMs: 30,
    });
  });
});

describe("createReport: the run", () => {
  it("adds up time, states, caches and cold starts of what began, and lists what never began with its reason", () => {
    const report = createReport(film);
    expect(report).toMatchObject({ elapsedMs: 5_100, queuedMs: 200, runMs: 5_500, cacheHits: 1, coldStarts: 1 });
    expect(report.counts).toStrictEqual({
      planned: 1,
      ready: 0,
      running: 0,
      waiting: 0,
      succeeded: 3,
      failed: 1,
      skipped: 1,
      cancelled: 0,
    });
    expect(report.notBegun).toStrictEqual([
      { key: "film", state: "skipped", reason: '"clip" failed' },
      { key: "tags", state: "planned", reason: "waits for film" },
    ]);
    expect(
      report.byProvider.map(({ name, steps, attempts, failed, runMs }) => [name, steps, attempts, failed, runMs]),
    ).toEqual([
      ["maker", 3, 4, 1, 5_000],
      ["band", 1, 1, 0, 500],
    ]);
    expect(report.byModel.map(({ name }) => name)).toEqual(["maker/m-1", "band/m-1"]);
    expect(report.cost).toStrictEqual({ usd: 0.1, knownUsd: 0.1, unknown: 0, reasons: [] });
  });

  it("has no cost as soon as one step's cost is unknown, with the known part and the reasons beside it", () => {
    const began = { readyMs: 0, startedMs: 0, endedMs: 1 };
    const facts = runFacts([
      stepFacts("a", { ...began, cost: { usd: 0.1, unit: "image", quantity: 1 } }),
      stepFacts("b", { ...began, cost: { usd: 0.2, unit: "image", quantity: 1 } }),
      stepFacts("c", { ...began, cost: { usd: null, reason: "no price card" } }),
      stepFacts("d", { ...began, cost: { usd: null, reason: "no price card" } }),
    ]);
    expect(createReport(facts).cost).toStrictEqual({
      usd: null,
      knownUsd: 0.3,
      unknown: 2,
      reasons: ["no price card"],
    });
  });

  it("names the fewest steps that make 80 % of the work", () => {
    const parallel = [10, 500, 40, 300, 150].map((endedMs, index) =>
      stepFacts(`s${index}`, { readyMs: 0, startedMs: 0, endedMs }),
    );
    expect(createReport(runFacts(parallel)).paretoSteps).toStrictEqual([
      { key: "s1", runMs: 500, share: 0.5 },
      { key: "s3", runMs: 300, share: 0.3 },
    ]);
  });

  it("is plain JSON", () => {
    const report = createReport(film);
    expect(JSON.parse(JSON.stringify(report))).toStrictEqual(report);
  });

  it("reports a run without steps", () => {
    expect(createReport(runFacts([], { elapsedMs: 3 }))).toMatchObject({
      elapsedMs: 3,
      steps: [],
      criticalPath: { keys: [], lengthMs: 0, workMs: 0, waitingMs: 0, delayMs: 0 },
      paretoSteps: [],
      whatIf: [],
      cost: { usd: 0 },
    });
  });
});

describe("createReport: what it refuses", () => {
  it.each([
    ["two steps of one key", [stepFacts("a"), stepFacts("a")], "DUPLICATE_STEP"],
    ["a step waited for that is not there", [stepFacts("a", { waitsFor: ["b"] })], "UNKNOWN_STEP"],
    ["a parent that is not there", [stepFacts("a[0]", { parent: "a" })], "UNKNOWN_STEP"],
    ["a circle", [stepFacts("a", { waitsFor: ["b"] }), stepFacts("b", { waitsFor: ["a"] })], "CYCLE"],
    ["a step within itself", [stepFacts("a", { parent: "a" })], "CYCLE"],
    ["a time that is no number", [stepFacts("a", { readyMs: Number.NaN })], "INVALID_OPTION"],
    ["a negative cost", [stepFacts("a", { cost: { usd: -1, unit: "image", quantity: 1 } })], "INVALID_OPTION"],
  ])("%s", (_, steps, code) => {
    expect(() => createReport(runFacts(steps))).toThrow(expect.objectContaining({ code }));
  });

  it("names the steps of a circle", () => {
    const steps = [
      stepFacts("x", { waitsFor: ["b"] }),
      stepFacts("a", { waitsFor: ["b"] }),
      stepFacts("b", { waitsFor: ["a"] }),
    ];
    expect(() => createReport(runFacts(steps))).toThrow(/^Steps wait for each other: "b", "a"\./);
  });

  it("has no step on the critical path that took no time, as those from a cache do", () => {
    const took = (readyMs: number, endedMs: number) => ({ readyMs, startedMs: readyMs, outputMs: endedMs, endedMs });
    const cached = createReport(
      runFacts([
        stepFacts("a", { ...took(0, 0), cached: true }),
        stepFacts("b", { ...took(0, 0), cached: true, waitsFor: ["a"] }),
        stepFacts("c", { ...took(0, 40), waitsFor: ["b"] }),
        stepFacts("d", { ...took(40, 40), cached: true, waitsFor: ["c"] }),
      ]),
    );
    expect(cached.criticalPath).toEqual({ keys: ["c"], lengthMs: 40, workMs: 40, waitingMs: 0, delayMs: 0 });
    expect(cached.steps.map(({ key, onCriticalPath }) => [key, onCriticalPath])).toEqual([
      ["a", false],
      ["b", false],
      ["c", true],
      ["d", false],
    ]);
    expect(cached.whatIf.map(({ key }) => key)).toEqual(["c"]);
    const instant = createReport(runFacts([stepFacts("a", { ...took(0, 0), cached: true })]));
    expect([instant.criticalPath.keys, formatReport(instant).includes("Critical path")]).toEqual([[], false]);
  });
});
