import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runFacts, stepFacts } from "../../test/support/report-facts.js";
import { createReport } from "./create-report.js";
import { percentile } from "./percentile.js";
import { summarizeReports } from "./summarize-reports.js";

const costing = (usd: number) => ({ usd, unit: "image", quantity: 1 });

function filmOf(frameMs: number, queueMs: number) {
  const frame = (index: number, workMs: number) =>
    stepFacts(`shots[${index}].frame`, {
      parent: "shots",
      readyMs: 0,
      startedMs: queueMs,
      endedMs: queueMs + workMs,
      cost: costing(0.1),
    });
  return createReport(
    runFacts([
      stepFacts("shots", { kind: "node", readyMs: 0, startedMs: 0, endedMs: queueMs + frameMs }),
      frame(0, frameMs),
      frame(1, frameMs / 2),
      stepFacts("music", { readyMs: 0, startedMs: 0, endedMs: 0, cached: true }),
      stepFacts("film", { state: "skipped", reason: "not wanted" }),
    ]),
  );
}

describe("summarizeReports", () => {
  it("folds the items of a map and splits queue from work, leaving cached steps out of the times", () => {
    const summary = summarizeReports([filmOf(100, 10), filmOf(200, 30)]);
    expect(summary).toStrictEqual({
      runs: 2,
      elapsed: { p50Ms: 110, p95Ms: 230 },
      queue: { p50Ms: 20, p95Ms: 60 },
      run: { p50Ms: 150, p95Ms: 300 },
      cost: { usd: 0.4, knownUsd: 0.4, unknown: 0, reasons: [] },
      usdPerRun: 0.2,
      steps: [
        {
          key: "shots[*].frame",
          count: 4,
          failed: 0,
          cached: 0,
          coldStarts: 0,
          queue: { p50Ms: 10, p95Ms: 30 },
          run: { p50Ms: 100, p95Ms: 200 },
          cost: { usd: 0.4, knownUsd: 0.4, unknown: 0, reasons: [] },
        },
        {
          key: "music",
          count: 2,
          failed: 0,
          cached: 2,
          coldStarts: 0,
          queue: { p50Ms: null, p95Ms: null },
          run: { p50Ms: null, p95Ms: null },
          cost: { usd: 0, knownUsd: 0, unknown: 0, reasons: [] },
        },
      ],
      paretoSteps: [{ key: "shots[*].frame", runMs: 450, share: 1 }],
    });
  });

  it("has nothing to say of no runs", () => {
    expect(summarizeReports([])).toMatchObject({
      runs: 0,
      elapsed: { p50Ms: null, p95Ms: null },
      usdPerRun: null,
      steps: [],
    });
  });
});

describe("percentile", () => {
  it("takes the nearest rank", () => {
    const values = [15, 20, 35, 40, 50];
    expect([5, 30, 40, 50, 95, 100].map((percent) => percentile(values, percent))).toEqual([15, 20, 20, 35, 50, 50]);
  });

  it("is a measured value that at least so many do not exceed", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (values, percent) => {
        const sorted = [...values].sort((left, right) => left - right);
        const value = percentile(sorted, percent) ?? -1;
        expect(sorted).toContain(value);
        expect(sorted.filter((other) => other <= value).length * 100).toBeGreaterThanOrEqual(percent * sorted.length);
      }),
    );
  });
});
