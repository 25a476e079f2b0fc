import type { Budget } from "../budget/budget.js";
import type { BudgetChange, Reservation } from "../budget/budget-types.js";
import type { Cost } from "../pricing/cost.js";
import type { RunState } from "./run-state.js";
import type { StepCall } from "./step-calls.js";
import { costOfCall } from "./step-cost.js";

/** What a run spends under the budgets that apply to it. */
export interface Spending {
  /** Whether there is any; without one nothing is quoted. */
  readonly isCapped: boolean;
  /**
   * Keeps back what a request may cost, before it is made; gives what was assumed where nobody knows, in US dollars.
   * BUDGET_EXCEEDED, PRICE_UNKNOWN: nothing is kept back then.
   */
  readonly reserve: (idempotencyKey: string, what: string, quote: Cost) => number | undefined;
  /**
   * A request was answered and cost so much; null when nobody knows, which counts what was kept back. False when nothing
   * was kept back for it in this turn: it was made in an earlier one.
   */
  readonly settle: (idempotencyKey: string, usd: number | null) => boolean;
  /** A request was surely not taken. */
  readonly release: (idempotencyKey: string) => void;
  /** Counts what the journal says was spent, in whatever process. */
  readonly restore: (state: RunState) => void;
  /** The same when a request of an earlier turn was answered; tells when it cost more than was thought. */
  readonly countLate: (state: RunState, call: StepCall, what: string) => void;
  /** The run ended, or rests. */
  readonly end: () => void;
}

const uncapped: Spending = {
  isCapped: false,
  reserve: () => undefined,
  settle: () => false,
  release() {},
  restore() {},
  countLate() {},
  end() {},
};

/** Whose spending it is. */
export interface Spender {
  readonly runId: string;
  readonly tenantId: string | undefined;
  /** Told of marks that are passed, of overruns and of unknown prices. */
  readonly onChange: (change: BudgetChange) => void;
}

/** The spending of a run; a request is made only when every budget has enough left. */
export function createSpending(budgets: readonly Budget[], spender: Spender): Spending {
  if (budgets.length === 0) return uncapped;
  const { runId, tenantId, onChange } = spender;
  const held = new Map<string, readonly Reservation[]>();
  const take = (key: string) => {
    const reservations = held.get(key) ?? [];
    held.delete(key);
    return reservations;
  };
  function restore(state: RunState): void {
    for (const { spentUsd, atMs } of spentByDay(state, held)) {
      for (const budget of budgets) budget.restore({ runId, tenantId, spentUsd, atMs });
    }
  }

  return {
    isCapped: true,
    reserve(key, what, { usd, ...quote }) {
      const reason = "reason" in quote ? quote.reason : undefined;
      const kept: Reservation[] = [];
      try {
        for (const budget of budgets)
          kept.push(budget.reserve({ runId, tenantId, what, quoteUsd: usd, reason, onChange }));
      } catch (thrown) {
        for (const reservation of kept) reservation.release();
        throw thrown;
      }
      held.set(key, kept);
      const assumed = kept.flatMap(({ isAssumed, reservedUsd }) => (isAssumed ? [reservedUsd] : []));
      return assumed.length === 0 ? undefined : Math.max(...assumed);
    },
    settle: (key, usd) => {
      const reservations = take(key);
      for (const reservation of reservations) reservation.settle(usd);
      return reservations.length > 0;
    },
    release: (key) => {
      for (const reservation of take(key)) reservation.release();
    },
    restore,
    countLate(state, call, what) {
      restore(state);
      const spentUsd = call.output?.cost.usd ?? 0;
      const reservedUsd = call.quoteUsd ?? call.assumedUsd ?? 0;
      if (spentUsd <= reservedUsd) return;
      const overrunUsd = spentUsd - reservedUsd;
      onChange({ type: "overrun", runId, tenantId, what, reservedUsd, spentUsd, overrunUsd });
    },
    end() {
      for (const budget of budgets) budget.endRun(runId);
    },
  };
}

const DAY_MS = 86_400_000;

/**
 * What had been spent at the end of each day of UTC on which the run asked for something, without requests for which
 * something is kept back: they are counted when that is settled.
 */
function spentByDay(
  { byKey }: RunState,
  held: ReadonlyMap<string, unknown>,
): readonly { readonly spentUsd: number; readonly atMs: number }[] {
  const calls = [...byKey.values()]
    .flatMap((step) => step.calls)
    .filter(({ idempotencyKey }) => !held.has(idempotencyKey))
    .sort((left, right) => left.askedAt - right.askedAt);
  const days = new Map<number, { spentUsd: number; atMs: number }>();
  let spentUsd = 0;
  for (const call of calls) {
    spentUsd += call.isFree ? 0 : (costOfCall(call)?.usd ?? call.quoteUsd ?? call.assumedUsd ?? 0);
    days.set(Math.floor(call.askedAt / DAY_MS), { spentUsd, atMs: call.askedAt });
  }
  return [...days.values()];
}
