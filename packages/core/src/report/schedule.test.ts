import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PlannedWork, runFacts, simulate, stepFacts } from "../../test/support/report-facts.js";
import { createReport } from "./create-report.js";

interface Drawn {
  readonly depth: number;
  readonly sources: readonly number[];
  readonly queueMs: number;
  readonly halfMs: number;
}

/** Plans in which every node's children follow it, and each waits for earlier ones that it does not lie in. */
const plans = fc
  .array(
    fc.record({
      depth: fc.nat(3),
      sources: fc.array(fc.nat(30), { maxLength: 3 }),
      queueMs: fc.nat(50),
      halfMs: fc.nat(100),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map(toPlan);

function toPlan(drawn: readonly Drawn[]): readonly PlannedWork[] {
  const plan: PlannedWork[] = [];
  const open: string[] = [];
  for (const [index, { depth, sources, queueMs, halfMs }] of drawn.entries()) {
    open.length = Math.min(depth, open.length);
    const waitsFor = [...new Set(sources.map((source) => `s${source % (index + 1)}`))].filter(
      (key) => key !== `s${index}` && !open.includes(key),
    );
    plan.push({ key: `s${index}`, parent: open.at(-1), waitsFor, queueMs, workMs: halfMs * 2 });
    open.push(`s${index}`);
  }
  return plan;
}

const without = (plan: readonly PlannedWork[]) => plan.map((work) => ({ ...work, queueMs: 0 }));
const elapsedOf = (plan: readonly PlannedWork[]) => runFacts(simulate(plan)).elapsedMs;
const halved = (plan: readonly PlannedWork[], key: string) =>
  plan.map((work) => (work.key === key ? { ...work, workMs: work.workMs / 2 } : work));

describe("the critical path", () => {
  it("is as long as a run in which nothing queued", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const { criticalPath, elapsedMs } = createReport(runFacts(simulate(without(plan))));
        expect(criticalPath.lengthMs).toBe(elapsedMs);
        expect(criticalPath.workMs + criticalPath.delayMs).toBe(elapsedMs);
      }),
    );
  });

  it("is what a run with queues would have taken without them, and never longer than the run", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const { criticalPath, elapsedMs } = createReport(runFacts(simulate(plan)));
        expect(criticalPath.lengthMs).toBe(elapsedOf(without(plan)));
        expect(criticalPath.lengthMs).toBeLessThanOrEqual(elapsedMs);
      }),
    );
  });

  it("has no slack in its steps, and every other step has as much as it could take longer", () => {
    fc.assert(
      fc.property(plans, (drawn) => {
        const plan = without(drawn);
        const { steps, elapsedMs } = createReport(runFacts(simulate(plan)));
        for (const { key, slackMs, onCriticalPath, kind } of steps) {
          if (onCriticalPath) expect(slackMs).toBe(0);
          if (kind === "node") continue;
          const longer = (by: number) =>
            plan.map((work) => (work.key === key ? { ...work, workMs: work.workMs + by } : work));
          expect(elapsedOf(longer(slackMs))).toBe(elapsedMs);
          expect(elapsedOf(longer(slackMs + 1))).toBe(elapsedMs + 1);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("adds the steps of a chain and takes the longest of branches", () => {
    const chain = [1_000, 2_000, 8_000, 500].map((workMs, index) => ({
      key: `s${index}`,
      parent: undefined,
      waitsFor: index === 0 ? [] : [`s${index - 1}`],
      queueMs: 0,
      workMs,
    }));
    expect(createReport(runFacts(simulate(chain))).criticalPath).toStrictEqual({
      keys: ["s0", "s1", "s2", "s3"],
      lengthMs: 11_500,
      workMs: 11_500,
      waitingMs: 0,
      delayMs: 0,
    });
    const branches: readonly PlannedWork[] = chain.map((work) => ({ ...work, waitsFor: [] }));
    const merge = { key: "merge", parent: undefined, waitsFor: ["s0", "s1", "s2", "s3"], queueMs: 0, workMs: 3_000 };
    expect(createReport(runFacts(simulate([...branches, merge]))).criticalPath).toMatchObject({
      keys: ["s2", "merge"],
      lengthMs: 11_000,
    });
  });

  it("leads through the children of a node, whose time is theirs", () => {
    const began = (parent: string | undefined, readyMs: number, endedMs: number) => ({
      parent,
      readyMs,
      startedMs: readyMs,
      endedMs,
    });
    const report = createReport(
      runFacts([
        stepFacts("story", began(undefined, 0, 100)),
        stepFacts("shots", { ...began(undefined, 100, 600), kind: "node", waitsFor: ["story"] }),
        stepFacts("shots[0]", began("shots", 100, 300)),
        stepFacts("shots[1]", began("shots", 100, 600)),
        stepFacts("film", { ...began(undefined, 600, 700), waitsFor: ["shots"] }),
      ]),
    );
    expect(report.criticalPath.keys).toEqual(["story", "shots[1]", "film"]);
    expect(report.steps.map((step) => [step.onCriticalPath, step.slackMs])).toEqual([
      [true, 0],
      [true, 0],
      [false, 300],
      [true, 0],
      [true, 0],
    ]);
    expect(report.runMs).toBe(900);
  });

  it("keeps the time between an input and the readiness as it was", () => {
    const report = createReport(
      runFacts([
        stepFacts("a", { readyMs: 0, startedMs: 0, endedMs: 100 }),
        stepFacts("b", { readyMs: 130, startedMs: 130, endedMs: 200, waitsFor: ["a"] }),
      ]),
    );
    expect(report.criticalPath).toStrictEqual({
      keys: ["a", "b"],
      lengthMs: 200,
      workMs: 170,
      waitingMs: 0,
      delayMs: 30,
    });
  });

  it("does not wait for an input that a step began without", () => {
    const report = createReport(
      runFacts([
        stepFacts("quick", { readyMs: 0, startedMs: 0, endedMs: 100 }),
        stepFacts("slow", { readyMs: 0, startedMs: 0, endedMs: 900 }),
        stepFacts("any", { readyMs: 100, startedMs: 100, endedMs: 1_000, waitsFor: ["quick", "slow"] }),
      ]),
    );
    expect(report.criticalPath).toMatchObject({ keys: ["quick", "any"], lengthMs: 1_000 });
  });

  it("leads through a step that was skipped, without naming it", () => {
    const report = createReport(
      runFacts([
        stepFacts("a", { readyMs: 0, startedMs: 0, endedMs: 100 }),
        stepFacts("b", { state: "skipped", waitsFor: ["a"] }),
        stepFacts("c", { readyMs: 100, startedMs: 100, endedMs: 150, waitsFor: ["b"] }),
      ]),
    );
    expect(report.criticalPath).toMatchObject({ keys: ["a", "c"], lengthMs: 150, delayMs: 0 });
  });
});

describe("what if a step took half as long", () => {
  it("is the run with that step made twice as fast, with its queues and without", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const { whatIf, elapsedMs } = createReport(runFacts(simulate(plan)));
        for (const { key, elapsedMs: then, savedMs, withoutQueueMs } of whatIf) {
          expect(then).toBe(elapsedOf(halved(plan, key)));
          expect(then + savedMs).toBe(elapsedMs);
          expect(savedMs).toBeGreaterThanOrEqual(0);
          expect(withoutQueueMs).toBe(elapsedOf(without(halved(plan, key))));
        }
      }),
    );
  });

  it("leaves what the runner does after the last step as it was", () => {
    const facts = runFacts([stepFacts("a", { readyMs: 0, startedMs: 0, endedMs: 100 })], { elapsedMs: 130 });
    expect(createReport(facts).whatIf).toStrictEqual([{ key: "a", elapsedMs: 80, savedMs: 50, withoutQueueMs: 50 }]);
  });
});

describe("very large runs", () => {
  const many = Array.from({ length: 20_000 }, (_, index) => index);
  const chained = many.map((index) =>
    stepFacts(`s${index}`, {
      waitsFor: index === 0 ? [] : [`s${index - 1}`],
      readyMs: index * 2,
      startedMs: index * 2,
      endedMs: index * 2 + 2,
    }),
  );

  it("are reported as a chain", () => {
    const report = createReport(runFacts(chained));
    expect(report.criticalPath.lengthMs).toBe(40_000);
    expect(report.whatIf.length).toBe(20_000);
    expect(report.whatIf.every(({ elapsedMs }) => elapsedMs === 39_999)).toBe(true);
    expect(report.paretoSteps.length).toBe(16_000);
  });

  it("are reported side by side, joined by one step", () => {
    const wide = many.map((index) => stepFacts(`s${index}`, { readyMs: 0, startedMs: 0, endedMs: index }));
    const join = stepFacts("join", {
      waitsFor: wide.map(({ key }) => key),
      readyMs: 19_999,
      startedMs: 19_999,
      endedMs: 20_001,
    });
    const report = createReport(runFacts([...wide, join]));
    expect(report.criticalPath).toMatchObject({ keys: ["s19999", "join"], lengthMs: 20_001 });
    expect(report.whatIf[0]?.elapsedMs).toBe(20_000);
  });

  it("are reported as nodes within nodes", () => {
    const nested = many.map((index) =>
      stepFacts(`s${index}`, {
        kind: index === 19_999 ? "step" : "node",
        parent: index === 0 ? undefined : `s${index - 1}`,
        readyMs: 0,
        startedMs: 0,
        endedMs: 8,
      }),
    );
    expect(createReport(runFacts(nested)).criticalPath).toMatchObject({ keys: ["s19999"], lengthMs: 8 });
  });
});

describe("facts of any times", () => {
  // Eighths of a millisecond, whose sums and halves are exact: what is tested is the schedule, not the last bit of a sum.
  const moment = fc.integer({ min: 0, max: 8_000 }).map((eighths) => eighths / 8);
  const time = fc.option(moment, { nil: undefined });
  const anySteps = fc
    .array(
      fc.record({
        readyMs: time,
        startedMs: time,
        answeredMs: time,
        outputMs: time,
        endedMs: time,
        parent: fc.option(fc.nat(20), { nil: undefined }),
        state: fc.constantFrom("planned", "ready", "running", "waiting", "succeeded", "failed", "skipped", "cancelled"),
      }),
      { maxLength: 20 },
    )
    .map((drawn) =>
      drawn.map(({ parent, ...facts }, index) =>
        stepFacts(`s${index}`, {
          ...facts,
          parent: index === 0 || parent === undefined ? undefined : `s${parent % index}`,
        }),
      ),
    );

  it("give finite times that add up, a path no longer than the run and no slack below 0", () => {
    fc.assert(
      fc.property(anySteps, moment, (steps, elapsedMs) => {
        const report = createReport(runFacts(steps, { elapsedMs }));
        const parents = new Set(steps.map((step) => step.parent));
        for (const step of report.steps) {
          const sum = step.queuedMs + step.waitingMs + step.submitMs + step.providerMs + step.transferMs;
          if (!parents.has(step.key)) expect(sum).toBeCloseTo(step.totalMs, 6);
          for (const part of [step.queuedMs, step.submitMs, step.providerMs, step.transferMs, step.slackMs]) {
            expect(part).toBeGreaterThanOrEqual(0);
          }
          expect(step.slackMs).toBeLessThanOrEqual(report.elapsedMs);
        }
        expect(report.criticalPath.lengthMs).toBeLessThanOrEqual(report.elapsedMs);
        for (const { elapsedMs: then } of report.whatIf) {
          expect(then).toBeGreaterThanOrEqual(0);
          expect(then).toBeLessThanOrEqual(report.elapsedMs);
        }
      }),
    );
  });
});
