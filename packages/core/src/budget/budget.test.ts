import { describe, expect, it } from "vitest";
import { ask, setUp, what } from "../../test/support/budget.js";
import { createFakeClock } from "../../test/support.js";
import { codeOf, messageOf } from "../../test/thrown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { createBudget } from "./budget.js";
import type { BudgetOptions } from "./budget-options.js";
import type { BudgetChange } from "./budget-types.js";

function errorOf(work: () => unknown): GenblazeError {
  try {
    work();
  } catch (error) {
    if (GenblazeError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a reservation", () => {
  it("is given as long as the cap has enough left, to the last billionth", () => {
    const { budget, standOf } = setUp({ perRunUsd: 0.3 });
    const reservations = [0.1, 0.1, 0.1].map((usd) => budget.reserve(ask(usd)));
    expect(reservations.map(({ reservedUsd, isAssumed }) => ({ reservedUsd, isAssumed }))).toEqual(
      Array(3).fill({ reservedUsd: 0.1, isAssumed: false }),
    );
    expect(standOf("run")).toEqual({ scope: "run", key: "r1", spentUsd: 0, reservedUsd: 0.3, capUsd: 0.3 });
    expect(codeOf(() => budget.reserve(ask(1e-9)))).toBe("BUDGET_EXCEEDED");
  });

  it("takes a price that rounding of doubles put above the cap", () => {
    const { budget } = setUp({ perRunUsd: 0.3 });
    expect(budget.reserve(ask(0.1 * 3)).settle(0.3)).toEqual({
      reservedUsd: 0.3,
      spentUsd: 0.3,
      overrunUsd: 0,
      isPriceKnown: true,
    });
  });

  it("is refused with the cap, how it stands, what was asked and what to do", () => {
    const { budget, spend } = setUp({ perRunUsd: 5, totalUsd: 100 });
    spend(3.2);
    budget.reserve(ask(1));
    const error = errorOf(() => budget.reserve(ask(1.5)));
    expect([error.code, error.isRetryable]).toEqual(["BUDGET_EXCEEDED", false]);
    expect(error.message).toBe(
      'step "clip" with luma/ray-2 may cost 1.5 USD, and the budget of run "r1" (perRunUsd, or budgetUsd of the run) has 0.8 USD left: it is 5 USD, of which 3.2 USD are spent and 1 USD are reserved by calls under way. The call was not made. Raise that, or choose cheaper models, and resume the run.',
    );
    expect(error.details).toEqual({
      scope: "run",
      key: "r1",
      capUsd: 5,
      spentUsd: 3.2,
      reservedUsd: 1,
      askedUsd: 1.5,
    });
  });

  it.each<[Omit<BudgetOptions, "clock">, string, string]>([
    [{ perTenantUsd: 1 }, "acme", 'the budget of tenant "acme" (perTenantUsd) has 1 USD left'],
    [
      { perTenantDayUsd: 1 },
      "2026-01-15/acme",
      'the budget of tenant "acme" for 2026-01-15 (UTC) (perTenantDayUsd) has 1 USD left',
    ],
    [{ perDayUsd: 1 }, "2026-01-15", "the budget of all runs for 2026-01-15 (UTC) (perDayUsd) has 1 USD left"],
    [{ totalUsd: 1 }, "", "the budget of all runs (totalUsd) has 1 USD left"],
  ])("is refused by %j with the key %j", (caps, key, text) => {
    const { budget } = setUp(caps);
    const error = errorOf(() => budget.reserve(ask(2, { tenantId: "acme" })));
    expect(error.message).toContain(text);
    expect(error.details).toMatchObject({ key, capUsd: 1, askedUsd: 2 });
    expect(budget.state().stands.map(({ reservedUsd }) => reservedUsd)).not.toContain(2);
  });

  it("is of all caps or of none", () => {
    const { budget, standOf } = setUp({ perRunUsd: 5, perTenantUsd: 4, perDayUsd: 3, totalUsd: 1 });
    expect(codeOf(() => budget.reserve(ask(2, { tenantId: "t" })))).toBe("BUDGET_EXCEEDED");
    expect(budget.state().stands.map(({ scope, reservedUsd }) => [scope, reservedUsd])).toEqual([
      ["total", 0],
      ["day", 0],
      ["tenant", 0],
      ["run", 0],
    ]);
    budget.reserve(ask(1, { tenantId: "t" }));
    expect(["run", "tenant", "day", "total"].map((scope) => standOf(scope)?.reservedUsd)).toEqual([1, 1, 1, 1]);
  });

  it("counts runs and tenants apart", () => {
    const { budget } = setUp({ perRunUsd: 1, perTenantUsd: 2 });
    for (const runId of ["a", "b"]) budget.reserve(ask(1, { runId, tenantId: "t" }));
    expect(messageOf(() => budget.reserve(ask(1, { runId: "c", tenantId: "t" })))).toContain('tenant "t"');
    expect(budget.reserve(ask(1, { runId: "c", tenantId: "u" })).reservedUsd).toBe(1);
    expect(budget.reserve(ask(1, { runId: "d" })).reservedUsd).toBe(1);
  });

  it("that is released leaves nothing, however often", () => {
    const { budget, standOf, changes } = setUp({ perRunUsd: 1 });
    const reservation = budget.reserve(ask(1));
    reservation.release();
    reservation.release();
    expect(standOf("run")).toMatchObject({ spentUsd: 0, reservedUsd: 0 });
    expect(budget.reserve(ask(1)).reservedUsd).toBe(1);
    expect(changes).toEqual([]);
  });

  it("that is settled counts what was spent, once", () => {
    const { budget, standOf } = setUp({ perRunUsd: 1 });
    const reservation = budget.reserve(ask(0.8));
    const first = reservation.settle(0.5);
    expect(reservation.settle(0.7)).toBe(first);
    reservation.release();
    expect(first).toEqual({ reservedUsd: 0.8, spentUsd: 0.5, overrunUsd: 0, isPriceKnown: true });
    expect(standOf("run")).toMatchObject({ spentUsd: 0.5, reservedUsd: 0 });
  });

  it("is refused for a quote that is no amount of dollars", () => {
    const { budget } = setUp({ perRunUsd: 1 });
    for (const quote of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      expect(codeOf(() => budget.reserve(ask(quote)))).toBe("INVALID_OPTION");
    }
  });
});

describe("an overrun", () => {
  it("is counted above the cap, told of once, and stops what costs something", () => {
    const { budget, changes, standOf } = setUp({ perRunUsd: 1, warnAt: [] });
    const reservation = budget.reserve(ask(0.9));
    expect(reservation.settle(1.2)).toEqual({ reservedUsd: 0.9, spentUsd: 1.2, overrunUsd: 0.3, isPriceKnown: true });
    reservation.settle(1.2);
    expect(standOf("run")).toMatchObject({ spentUsd: 1.2, reservedUsd: 0, capUsd: 1 });
    expect(changes).toEqual([
      {
        type: "overrun",
        runId: "r1",
        tenantId: undefined,
        what,
        reservedUsd: 0.9,
        spentUsd: 1.2,
        overrunUsd: 0.3,
      },
    ]);
    expect(messageOf(() => budget.reserve(ask(0.01)))).toContain("has 0 USD left: it is 1 USD, of which 1.2 USD");
    expect(budget.reserve(ask(0)).settle(0).overrunUsd).toBe(0);
    expect(budget.state().overrunUsd).toBe(0.3);
  });

  it("is what is paid for a call that was released", () => {
    const { budget, changes, standOf } = setUp({ perRunUsd: 1, warnAt: [] });
    const reservation = budget.reserve(ask(0.5));
    reservation.release();
    expect(reservation.settle(0.5)).toEqual({ reservedUsd: 0, spentUsd: 0.5, overrunUsd: 0.5, isPriceKnown: true });
    expect(standOf("run")).toMatchObject({ spentUsd: 0.5, reservedUsd: 0 });
    expect(changes).toHaveLength(1);
  });
});

describe("an unknown price", () => {
  it("is refused under a cap, and says why", () => {
    const { budget } = setUp({ perRunUsd: 1 });
    expect(codeOf(() => budget.reserve(ask(null)))).toBe("PRICE_UNKNOWN");
    expect(messageOf(() => budget.reserve(ask(null, { reason: "no price is known for luma/ray-2" })))).toBe(
      'What step "clip" with luma/ray-2 may cost is not known (no price is known for luma/ray-2), and there is a budget, so the call was not made. Give its model a price with createRuntime({ prices }), or say what to assume: createRuntime({ budget: { assumeUsd } }).',
    );
  });

  it("is let through where no cap applies", () => {
    const { budget } = setUp({ perTenantUsd: 1 });
    expect(budget.reserve(ask(null)).settle(null).spentUsd).toBe(0);
    expect(codeOf(() => budget.reserve(ask(null, { tenantId: "t" })))).toBe("PRICE_UNKNOWN");
  });

  it("is held to be what is assumed", () => {
    const { budget } = setUp({ perRunUsd: 1, assumeUsd: 0.6 });
    const { reservedUsd, isAssumed } = budget.reserve(ask(null));
    expect([reservedUsd, isAssumed]).toEqual([0.6, true]);
    expect(codeOf(() => budget.reserve(ask(null)))).toBe("BUDGET_EXCEEDED");
  });

  it.each([null, Number.NaN, -1, Number.POSITIVE_INFINITY])(
    "keeps what was reserved as spent when a call is settled with %d, and says so",
    (actualUsd) => {
      const { budget, changes, standOf } = setUp({ perRunUsd: 1, warnAt: [] });
      expect(budget.reserve(ask(0.4)).settle(actualUsd)).toEqual({
        reservedUsd: 0.4,
        spentUsd: 0.4,
        overrunUsd: 0,
        isPriceKnown: false,
      });
      expect(standOf("run")).toMatchObject({ spentUsd: 0.4, reservedUsd: 0 });
      expect(changes).toEqual([{ type: "unknown", runId: "r1", tenantId: undefined, what, spentUsd: 0.4 }]);
      expect(budget.state().unknown).toBe(1);
    },
  );
});

describe("the thresholds of a cap", () => {
  const told = (changes: readonly BudgetChange[]) =>
    changes.flatMap((change) =>
      change.type === "threshold" ? [`${change.scope} ${change.key} ${change.fraction}`] : [],
    );

  it("are told of once each, with how the cap stands", () => {
    const { spend, changes, budget } = setUp({ perRunUsd: 10 });
    spend(4.99);
    expect(changes).toEqual([]);
    budget.reserve(ask(1));
    spend(0.01);
    expect(changes).toEqual([
      { type: "threshold", scope: "run", key: "r1", spentUsd: 5, reservedUsd: 1, capUsd: 10, fraction: 0.5 },
    ]);
    for (let time = 0; time < 4; time++) spend(1);
    expect(told(changes)).toEqual(["run r1 0.5", "run r1 0.8"]);
  });

  it("are told of together when one call passes several, and for each cap", () => {
    const { spend, changes } = setUp({ perRunUsd: 1, perTenantDayUsd: 1, perDayUsd: 2, warnAt: [1, 0.25, 0.5, 0.5] });
    spend(0.75, { tenantId: "t" });
    expect(told(changes)).toEqual([
      "run r1 0.25",
      "run r1 0.5",
      "tenantDay 2026-01-15/t 0.25",
      "tenantDay 2026-01-15/t 0.5",
      "day 2026-01-15 0.25",
    ]);
  });

  it("are not passed by what costs nothing, nor by what is only reserved", () => {
    const { spend, changes, budget } = setUp({ perRunUsd: 0, totalUsd: 1 });
    spend(0);
    expect(codeOf(() => budget.reserve(ask(1)))).toBe("BUDGET_EXCEEDED");
    expect(changes).toEqual([]);
  });

  it("are told of when all is counted already", () => {
    const seen: unknown[] = [];
    const budget = createBudget({
      clock: createFakeClock(),
      perRunUsd: 1,
      totalUsd: 1,
      onChange: () => seen.push(budget.state().stands.map(({ spentUsd, reservedUsd }) => [spentUsd, reservedUsd])),
    });
    budget.reserve(ask(0.5)).settle(0.5);
    const counted = [
      [0.5, 0],
      [0.5, 0],
    ];
    expect(seen).toEqual([counted, counted]);
  });
});

describe("createBudget", () => {
  it.each([
    [
      {},
      'option "totalUsd": at least one cap is expected (perRunUsd, perTenantUsd, perTenantDayUsd, perDayUsd, totalUsd); nothing was given.',
    ],
    [{ perRunUsd: -1 }, 'option "perRunUsd": at least 0 US dollars are expected; the number -1 was given.'],
    [{ perRunUsd: "5" }, 'option "perRunUsd": US dollars are expected; a string was given.'],
    [{ perRunUsd: 1, assumeUsd: null }, 'option "assumeUsd": US dollars are expected; null was given.'],
    [
      { perRunUsd: 1, warnAt: [2] },
      'option "warnAt.0": at most 1 is expected, which is the whole cap; the number 2 was given.',
    ],
    [{ perRunUsd: 1, maxRemembered: 0 }, 'option "maxRemembered": at least 1 is expected; the number 0 was given.'],
    [{ perRunUsd: 1, onChange: 5 }, 'option "onChange": a function is expected; the number 5 was given.'],
    [{ perRunUsd: 1, clock: {} }, 'option "clock": an object with now and schedule is expected; an object was given.'],
    [{ perRun: 5 }, 'there is no option "perRun".'],
  ])("refuses %j", (options, message) => {
    // What a JavaScript user may pass.
    const create = () => createBudget({ clock: createFakeClock(), ...options } as BudgetOptions);
    expect(codeOf(create)).toBe("INVALID_OPTION");
    expect(messageOf(create)).toContain(`createBudget(options): ${message}`);
  });
});
