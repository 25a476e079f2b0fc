import { describe, expect, it } from "vitest";
import { ask, setUp } from "../../test/support/budget.js";
import { codeOf, messageOf } from "../../test/thrown.js";
import { createBudget } from "./budget.js";

describe("the days of a budget", () => {
  it("begin at midnight of UTC, and old ones are forgotten", async () => {
    const { clock, budget, spend } = setUp(
      { perDayUsd: 1, perTenantDayUsd: 1 },
      Date.UTC(2026, 0, 15, 23, 59, 59, 999),
    );
    spend(1, { tenantId: "t" });
    expect(codeOf(() => budget.reserve(ask(1)))).toBe("BUDGET_EXCEEDED");
    await clock.advance(1);
    spend(1, { tenantId: "t" });
    const days = () => budget.state().stands.map(({ scope, key }) => `${scope} ${key}`);
    expect(days()).toEqual([
      "total ",
      "day 2026-01-15",
      "day 2026-01-16",
      "tenantDay 2026-01-15/t",
      "tenantDay 2026-01-16/t",
    ]);
    await clock.advance(86_400_000);
    expect(days()).toEqual(["total ", "day 2026-01-16", "tenantDay 2026-01-16/t"]);
    await clock.advance(10 * 86_400_000);
    expect(days()).toEqual(["total "]);
    expect(budget.state().stands[0]?.spentUsd).toBe(2);
  });

  it("count a call to the day on which it was reserved", async () => {
    const { clock, budget, standOf } = setUp({ perDayUsd: 1 }, Date.UTC(2026, 0, 15, 23, 59));
    const reservation = budget.reserve(ask(1));
    await clock.advance(120_000);
    budget.reserve(ask(1)).release();
    reservation.settle(0.5);
    expect(standOf("day", "2026-01-15")).toMatchObject({ spentUsd: 0.5, reservedUsd: 0 });
    expect(standOf("day", "2026-01-16")).toMatchObject({ spentUsd: 0, reservedUsd: 0 });
  });

  it("are kept when the clock is set back over midnight", () => {
    let now = Date.UTC(2026, 0, 16, 0, 1);
    const budget = createBudget({ clock: { now: () => now, schedule: () => () => undefined }, perDayUsd: 1 });
    budget.reserve(ask(1)).settle(1);
    now -= 120_000;
    budget.reserve(ask(1)).settle(1);
    now += 120_000;
    expect(codeOf(() => budget.reserve(ask(1)))).toBe("BUDGET_EXCEEDED");
  });
});

describe("what is restored", () => {
  const atMs = Date.UTC(2026, 0, 15, 3);

  it("counts to the run, its tenant, its day and the total, and is never refused", () => {
    const { budget, changes } = setUp({
      perRunUsd: 1,
      perTenantUsd: 2,
      perTenantDayUsd: 3,
      perDayUsd: 4,
      totalUsd: 5,
      warnAt: [1],
    });
    budget.restore({ runId: "r1", tenantId: "t", spentUsd: 1.5, atMs });
    expect(budget.state().stands.map(({ spentUsd }) => spentUsd)).toEqual([1.5, 1.5, 1.5, 1.5, 1.5]);
    expect(codeOf(() => budget.reserve(ask(0.1, { tenantId: "t" })))).toBe("BUDGET_EXCEEDED");
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ type: "threshold", scope: "run", spentUsd: 1.5, capUsd: 1 });
  });

  it("does not count what this process counted of the run itself", () => {
    const { budget, spend, standOf } = setUp({ perRunUsd: 5, perDayUsd: 5 });
    spend(1);
    budget.endRun("r1");
    budget.restore({ runId: "r1", spentUsd: 1, atMs });
    expect(standOf("day")?.spentUsd).toBe(1);
    budget.restore({ runId: "r1", spentUsd: 1.5, atMs });
    expect([standOf("day")?.spentUsd, standOf("run")?.spentUsd, standOf("total")?.spentUsd]).toEqual([1.5, 1.5, 1.5]);
  });

  it("counts to no day when it was spent before yesterday, or nobody knows when", () => {
    const { budget, standOf } = setUp({ perRunUsd: 5, perDayUsd: 5, perTenantDayUsd: 5 });
    budget.restore({ runId: "r1", tenantId: "t", spentUsd: 1, atMs: atMs - 3 * 86_400_000 });
    budget.restore({ runId: "r2", tenantId: "t", spentUsd: 1, atMs: Number.NaN });
    expect([standOf("day"), standOf("tenantDay"), standOf("total")?.spentUsd]).toEqual([undefined, undefined, 2]);
  });

  it("is refused when it is no amount of dollars", () => {
    const { budget } = setUp({ perRunUsd: 5 });
    expect(codeOf(() => budget.restore({ runId: "r1", spentUsd: -1, atMs }))).toBe("INVALID_OPTION");
  });
});

describe("what a budget remembers", () => {
  const spentBy = (budget: ReturnType<typeof createBudget>, scope: string) =>
    budget.state().stands.flatMap((stand) => (stand.scope === scope ? [stand.key] : []));

  it("forgets ended runs first, the one that ended first before the others", () => {
    const { budget, spend } = setUp({ perRunUsd: 1, maxRemembered: 3 });
    for (const runId of ["a", "b", "c"]) spend(1, { runId });
    budget.endRun("c");
    budget.endRun("b");
    spend(1, { runId: "d" });
    expect(spentBy(budget, "run")).toEqual(["a", "d"]);
    expect(codeOf(() => budget.reserve(ask(1, { runId: "b" })))).toBe("BUDGET_EXCEEDED");
    expect(budget.reserve(ask(1, { runId: "c" })).reservedUsd).toBe(1);
  });

  it("forgets then who asked longest ago, but nobody with something reserved", () => {
    const { budget, spend } = setUp({ perRunUsd: 1, perTenantUsd: 9, maxRemembered: 2 });
    const held = budget.reserve(ask(0.5, { runId: "a", tenantId: "x" }));
    spend(1, { runId: "b", tenantId: "y" });
    spend(1, { runId: "c", tenantId: "z" });
    expect(spentBy(budget, "run").sort()).toEqual(["a", "c"]);
    expect(spentBy(budget, "tenant").sort()).toEqual(["x", "z"]);
    held.settle(0.5);
  });

  it("still counts what comes late of a run that ended", () => {
    const { budget, spend } = setUp({ perRunUsd: 1 });
    const late = budget.reserve(ask(0.9));
    budget.endRun("r1");
    budget.endRun("nobody");
    late.settle(0.9);
    expect(messageOf(() => spend(0.2))).toContain("0.9 USD are spent");
  });
});
