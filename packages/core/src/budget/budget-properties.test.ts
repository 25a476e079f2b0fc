import fc from "fast-check";
import { expect, it } from "vitest";
import { codeOf } from "../../test/thrown.js";
import { createBudget } from "./budget.js";
import type { BudgetChange, BudgetScope, Reservation } from "./budget-types.js";

const RUNS = 20;
const SCENARIOS = 500; // together 10,000 runs
const DAY_MS = 86_400_000;

/** Amounts are thousandths of a dollar, so that the model below counts in whole numbers. */
const caps = fc.record({
  perRun: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
  perTenant: fc.option(fc.integer({ min: 0, max: 900 }), { nil: undefined }),
  perTenantDay: fc.option(fc.integer({ min: 0, max: 600 }), { nil: undefined }),
  perDay: fc.option(fc.integer({ min: 0, max: 900 }), { nil: undefined }),
  total: fc.integer({ min: 0, max: 3_000 }),
  assume: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
});
type Caps = typeof caps extends fc.Arbitrary<infer T> ? T : never;

/** What happens: a call, or two at once as of a hedge, is asked for; one under way ends; time passes. */
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom("attempt", "attempt", "hedge"),
      run: fc.nat(RUNS - 1),
      quote: fc.option(fc.integer({ min: 0, max: 150 }), { nil: null, freq: 8 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("settle"),
      call: fc.nat(),
      /** By how much it costs more than was reserved; null for a price that nobody knows after all. */
      more: fc.option(fc.integer({ min: -100, max: 30 }), { nil: null, freq: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("release"), call: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait"), ms: fc.nat(DAY_MS) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** One call that was let through, as the model sees it. */
interface Call {
  readonly reservation: Reservation;
  readonly run: number;
  readonly tenant: string | undefined;
  readonly day: number;
  readonly reserved: number;
  state: "open" | "settled" | "released";
  spent: number;
}

const tenantOf = (run: number) => ["t0", "t1", undefined][run % 3];
const what = "a call";

function play({ perRun, perTenant, perTenantDay, perDay, total, assume }: Caps, steps: readonly Step[]) {
  let now = Date.UTC(2026, 0, 15, 12);
  const calls: Call[] = [];
  const changes: BudgetChange[] = [];
  const expectedOverruns: number[] = [];
  const usd = (thousandths: number | undefined) => (thousandths === undefined ? undefined : thousandths / 1_000);
  const budget = createBudget({
    clock: { now: () => now, schedule: () => () => undefined },
    perRunUsd: usd(perRun),
    perTenantUsd: usd(perTenant),
    perTenantDayUsd: usd(perTenantDay),
    perDayUsd: usd(perDay),
    totalUsd: usd(total),
    assumeUsd: usd(assume),
    onChange: (change) => changes.push(change),
  });
  const amountOf = (of: readonly Call[]) =>
    of.reduce((sum, { state, reserved, spent }) => sum + (state === "open" ? reserved : 0) + spent, 0);
  /** What the model has under each cap that applies to a call of a run now. */
  const load = (run: number): readonly [BudgetScope, number, number][] => {
    const tenant = tenantOf(run);
    const today = calls.filter(({ day }) => day === Math.floor(now / DAY_MS));
    const own = (call: Call) => call.tenant === tenant;
    const all: [BudgetScope, number | undefined, readonly Call[]][] = [
      ["run", perRun, calls.filter((call) => call.run === run)],
      ["tenantDay", tenant === undefined ? undefined : perTenantDay, today.filter(own)],
      ["tenant", tenant === undefined ? undefined : perTenant, calls.filter(own)],
      ["day", perDay, today],
      ["total", total, calls],
    ];
    return all.flatMap(([scope, cap, of]) => (cap === undefined ? [] : [[scope, cap, amountOf(of)]]));
  };

  function attempt(run: number, quote: number | null): void {
    const asked = quote ?? assume;
    const request = {
      runId: `r${run}`,
      tenantId: tenantOf(run),
      quoteUsd: quote === null ? null : quote / 1_000,
      what,
    };
    if (asked === undefined) {
      expect(codeOf(() => budget.reserve(request))).toBe("PRICE_UNKNOWN");
      return;
    }
    if (asked > 0 && load(run).some(([, cap, amount]) => amount + asked > cap)) {
      expect(codeOf(() => budget.reserve(request))).toBe("BUDGET_EXCEEDED");
      return;
    }
    const reservation = budget.reserve(request);
    const facts = { run, tenant: tenantOf(run), day: Math.floor(now / DAY_MS), reserved: asked };
    calls.push({ reservation, ...facts, state: "open", spent: 0 });
    if (asked > 0) for (const [, cap, amount] of load(run)) expect(amount).toBeLessThanOrEqual(cap);
  }

  function settle(call: Call, more: number | null): void {
    const actual = more === null ? null : Math.max(0, call.reserved + more);
    const settlement = call.reservation.settle(actual === null ? null : actual / 1_000);
    expect(call.reservation.settle(0)).toBe(settlement);
    if (call.state === "settled") return;
    const held = call.state === "open" ? call.reserved : 0;
    call.state = "settled";
    call.spent = actual ?? held;
    if (call.spent > held) expectedOverruns.push(call.spent - held);
  }

  for (const each of steps) {
    const call = "call" in each ? calls[each.call % Math.max(calls.length, 1)] : undefined;
    if ("quote" in each)
      for (let time = 0; time < (each.kind === "hedge" ? 2 : 1); time++) attempt(each.run, each.quote);
    else if ("ms" in each) now += each.ms;
    else if (call !== undefined && "more" in each) settle(call, each.more);
    else if (call !== undefined) {
      call.reservation.release();
      if (call.state === "open") call.state = "released";
    }
  }
  return { budget, calls, changes, expectedOverruns, settle };
}

it(`keeps all caps at every reservation, and counts every call of ${RUNS * SCENARIOS} runs as it ended`, () => {
  fc.assert(
    fc.property(caps, fc.array(step, { maxLength: 120, size: "max" }), (options, steps) => {
      const { budget, calls, changes, expectedOverruns, settle } = play(options, steps);
      for (const [index, call] of calls.entries()) {
        if (call.state === "open") index % 2 === 0 ? settle(call, 0) : call.reservation.release();
      }
      const { stands, overrunUsd } = budget.state();
      expect(stands.every(({ reservedUsd }) => reservedUsd === 0)).toBe(true);
      expect(stands[0]?.spentUsd).toBe(calls.reduce((sum, { spent }) => sum + spent, 0) / 1_000);
      const overruns = changes.flatMap((change) => (change.type === "overrun" ? [change.overrunUsd] : []));
      expect(overruns).toEqual(expectedOverruns.map((amount) => amount / 1_000));
      expect(overrunUsd).toBe(expectedOverruns.reduce((sum, amount) => sum + amount, 0) / 1_000);
      const told = changes.flatMap((change) =>
        change.type === "threshold" ? [`${change.scope} ${change.key} ${change.fraction}`] : [],
      );
      expect(new Set(told).size).toBe(told.length);
    }),
    { numRuns: SCENARIOS },
  );
});
