import { describe, expect, it } from "vitest";
import { createRuntime, Pipeline, type RunEvent } from "../../src/index.js";
import { memoryJournal, resume } from "../../src/journal/index.js";
import { perUnit } from "../../src/pricing/index.js";
import { createFakeClock } from "../support.js";
import { finishRun, refusal, vendor } from "./targets-support.js";

const prices = { "one/*": perUnit(1), "two/*": perUnit(2) };

describe("a run under a budget", () => {
  it("does not make a request that the budget of the run has too little left for, and can be resumed with more", async () => {
    const one = vendor("one");
    const pipeline = new Pipeline("p")
      .step(one, { name: "a", model: "m" })
      .step(one, { name: "b", model: "m", after: ["a"] });
    const runtime = createRuntime({ prices });
    const short = await pipeline.run({ runtime, budgetUsd: 1.5, throwOnFailure: false });
    expect(short.steps.map(({ state, error }) => [state, error?.code])).toEqual([
      ["succeeded", undefined],
      ["failed", "BUDGET_EXCEEDED"],
    ]);
    expect(one.log.submits).toHaveLength(1);
    const { status } = await short.resume({ budgetUsd: 2 }).result;
    expect([status, one.log.submits.length]).toEqual(["completed", 2]);
  });

  it("refuses a request of unknown price, unless one is assumed", async () => {
    const free = vendor("free");
    const pipeline = new Pipeline("p").step(free, { model: "m" });
    const refused = await pipeline.run({
      runtime: createRuntime({ budget: { totalUsd: 1 } }),
      throwOnFailure: false,
    });
    expect([refused.steps[0]?.error?.code, free.log.submits.length]).toEqual(["PRICE_UNKNOWN", 0]);
    const runtime = createRuntime({ budget: { totalUsd: 1, assumeUsd: 0.4 } });
    expect((await pipeline.run({ runtime })).status).toBe("completed");
    expect(runtime.budget?.state()).toMatchObject({ unknown: 1, stands: [{ scope: "total", spentUsd: 0.4 }] });
  });

  it("gives back what a refused request did not cost, and counts the fallback", async () => {
    const one = vendor("one", { refuses: [refusal("MODEL_ERROR")] });
    const two = vendor("two");
    const runtime = createRuntime({ prices, budget: { perRunUsd: 2 } });
    await new Pipeline("p").step(one, { model: "m", fallbacks: [{ provider: two, model: "m" }] }).run({ runtime });
    expect(runtime.budget?.state().stands).toMatchObject([{ scope: "total", spentUsd: 2, reservedUsd: 0 }]);
  });

  it("does not hedge beyond the budget: the slow target is waited for", async () => {
    const clock = createFakeClock();
    const runtime = createRuntime({ clock, random: () => 0, prices, budget: { perRunUsd: 2.5 } });
    const one = vendor("one", { takesMs: 30_000 });
    const two = vendor("two");
    const fallbacks = [{ provider: two, model: "m" }];
    const handle = new Pipeline("p").step(one, { model: "m", fallbacks, hedge: { afterMs: 1_000 } }).start({ runtime });
    const { run } = await finishRun(handle, clock);
    expect([run.steps[0]?.provider, two.log.submits.length]).toEqual(["one", 0]);
  });

  it("tells the run what it passed: marks, overruns and unknown prices", async () => {
    const dear = vendor("one", { costUsd: 1.5 });
    const events: RunEvent[] = [];
    const runtime = createRuntime({ prices, budget: { perRunUsd: 2, warnAt: [0.5] } });
    await new Pipeline("p")
      .step(dear, { name: "clip", model: "m" })
      .run({ runtime, onEvent: (event) => events.push(event) });
    const told = events.filter(({ type }) => type.startsWith("budget."));
    expect(told).toMatchObject([
      { type: "budget.overrun", what: 'step "clip" with one/m', reservedUsd: 1, spentUsd: 1.5, overrunUsd: 0.5 },
      { type: "budget.threshold", scope: "run", fraction: 0.5, spentUsd: 1.5, capUsd: 2 },
    ]);
  });

  it("counts what an earlier process spent, when it is gone on with", async () => {
    const journal = memoryJournal();
    const build = () => {
      const one = vendor("one");
      const gate = vendor("one", { refuses: [refusal("INVALID_INPUT")] });
      const pipeline = new Pipeline("p")
        .step(one, { name: "a", model: "m" })
        .step(gate, { name: "b", model: "m", after: ["a"] });
      return { one, pipeline };
    };
    await build().pipeline.run({ runtime: createRuntime({ prices }), journal, runId: "r", throwOnFailure: false });
    const runtime = createRuntime({ prices, budget: { perRunUsd: 1.5 } });
    const handle = await resume("r", { journal, pipeline: build().pipeline, runtime, throwOnFailure: false });
    const { steps } = await handle.result;
    expect(steps.map(({ state, error }) => [state, error?.code])).toEqual([
      ["succeeded", undefined],
      ["failed", "BUDGET_EXCEEDED"],
    ]);
  });

  it("counts at once what a job of an earlier turn cost beyond its quote, and stops what comes behind it", async () => {
    const clock = createFakeClock();
    const slow = vendor("one", { takesMs: 60_000, costUsd: 5 });
    const next = vendor("two");
    const pipeline = new Pipeline("p")
      .step(slow, { name: "a", model: "m", timeoutMs: 1_000 })
      .step(next, { name: "b", model: "m", after: ["a"] });
    const journal = memoryJournal();
    const open = () => createRuntime({ clock, random: () => 0, prices, budget: { totalUsd: 4 } });
    const first = pipeline.start({ runtime: open(), journal, runId: "r", throwOnFailure: false });
    await finishRun(first, clock);
    await clock.advance(60_000);
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent) => events.push(event);
    const handle = resume("r", { journal, pipeline, runtime: open(), throwOnFailure: false, onEvent });
    const { steps } = await finishRun(handle, clock);
    expect(steps.map(({ state, error }) => [state, error?.code])).toEqual([
      ["succeeded", undefined],
      ["failed", "BUDGET_EXCEEDED"],
    ]);
    expect(next.log.submits).toHaveLength(0);
    expect(events.find(({ type }) => type === "budget.overrun")).toMatchObject({ overrunUsd: 4, spentUsd: 5 });
  });

  it("assumes for a run's own budget what the runtime's assumes", async () => {
    const free = vendor("free");
    const runtime = createRuntime({ budget: { totalUsd: 9, assumeUsd: 0.4 } });
    const pipeline = new Pipeline("p").step(free, { model: "m" });
    expect((await pipeline.run({ runtime, budgetUsd: 1 })).status).toBe("completed");
    const { steps } = await pipeline.run({ runtime, budgetUsd: 0.3, throwOnFailure: false });
    expect(steps[0]?.error?.message).toContain("perRunUsd, or budgetUsd of the run");
  });

  it("caps tenants and days over all runs of the runtime", async () => {
    const one = vendor("one");
    const runtime = createRuntime({ prices, budget: { perTenantDayUsd: 1 } });
    const pipeline = new Pipeline("p", { tenantId: "acme" }).step(one, { model: "m" });
    await pipeline.run({ runtime });
    const second = await pipeline.run({ runtime, throwOnFailure: false });
    const other = await new Pipeline("p", { tenantId: "other" }).step(one, { model: "m" }).run({ runtime });
    expect([second.steps[0]?.error?.code, other.status]).toEqual(["BUDGET_EXCEEDED", "completed"]);
  });
});
