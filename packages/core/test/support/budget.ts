import { createBudget } from "../../src/budget/budget.js";
import type { BudgetOptions } from "../../src/budget/budget-options.js";
import type { BudgetChange, BudgetRequest } from "../../src/budget/budget-types.js";
import { createFakeClock } from "../support.js";

export const what = 'step "clip" with luma/ray-2';
/** A request of run "r1". */
export const ask = (quoteUsd: number | null, more: Partial<BudgetRequest> = {}): BudgetRequest => ({
  runId: "r1",
  what,
  quoteUsd,
  ...more,
});

/** A budget on a fake clock, and what it tells of. */
export function setUp(options: Omit<BudgetOptions, "clock" | "onChange">, startMs = Date.UTC(2026, 0, 15, 12)) {
  const clock = createFakeClock(startMs);
  const changes: BudgetChange[] = [];
  const budget = createBudget({ clock, onChange: (change) => changes.push(change), ...options });
  const spend = (usd: number, more: Partial<BudgetRequest> = {}) => budget.reserve(ask(usd, more)).settle(usd);
  const standOf = (scope: string, key?: string) =>
    budget.state().stands.find((stand) => stand.scope === scope && (key === undefined || stand.key === key));
  return { clock, changes, budget, spend, standOf };
}
