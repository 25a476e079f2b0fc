import { assertRate } from "../pricing/check-rate.js";
import { isShort, spend, standOf } from "./account.js";
import { accountOfRun, accountsOf, type Books, forgetDays, openAccounts, openBooks } from "./books.js";
import { type BudgetOptions, type BudgetSettings, checkBudgetOptions } from "./budget-options.js";
import { budgetExceeded, priceUnknown } from "./budget-refusals.js";
import type {
  BudgetChange,
  BudgetRequest,
  BudgetState,
  Reservation,
  RestoredSpending,
  Settlement,
} from "./budget-types.js";
import { fromNanoUsd, toNanoUsd } from "./nano-usd.js";
import { retire } from "./remembered.js";
import { holdBack } from "./reservation.js";

/** Caps on what runs spend, shared by all of them. */
export interface Budget {
  /**
   * Keeps back what a call may cost, before it is made: attempts, fallbacks and hedges each reserve for themselves. All
   * caps that apply are looked at together, and nothing is kept back when one of them has too little left.
   * BUDGET_EXCEEDED. PRICE_UNKNOWN for a quote of null under a cap without `assumeUsd`. INVALID_OPTION for a quote that
   * is no amount of dollars.
   */
  readonly reserve: (request: BudgetRequest) => Reservation;
  /**
   * Counts what a run had spent before, when it is resumed; never refused. What this process counted of the run itself
   * is not counted again. Runs of days before yesterday count to no day. INVALID_OPTION.
   */
  readonly restore: (spending: RestoredSpending) => void;
  /** The run ended, or rests: it may be forgotten when there are too many. */
  readonly endRun: (runId: string) => void;
  readonly state: () => BudgetState;
  /** What a call of unknown price is held to cost; undefined where it is refused. */
  readonly assumeUsd: number | undefined;
}

/**
 * A budget. Every cap bounds what is spent and reserved together whenever something is reserved; a call that then costs
 * more than was reserved is counted as spent though it passes the cap, is told of, and stops later ones. Amounts are
 * counted in whole billionths of a dollar. Days are those of UTC, and a call counts to the day on which it was reserved.
 * INVALID_OPTION.
 *
 * @example
 * const budget = createBudget({ clock, perRunUsd: 5, perDayUsd: 100 });
 * const reservation = budget.reserve({ runId, quoteUsd: 0.25, what: 'step "clip" with luma/ray-2' });
 * const output = await submit();
 * reservation.settle(output.costUsd ?? null);
 */
export function createBudget(options: BudgetOptions): Budget {
  const settings = checkBudgetOptions(options);
  const books = openBooks(settings);
  let unknown = 0;
  let overrun = 0n;

  function onSettled(
    { isPriceKnown, overrunUsd }: Settlement,
    changes: readonly BudgetChange[],
    listener: BudgetRequest["onChange"],
  ): void {
    if (!isPriceKnown) unknown += 1;
    overrun += toNanoUsd(overrunUsd);
    for (const change of changes) {
      settings.onChange(change);
      listener?.(change);
    }
  }

  return Object.freeze<Budget>({
    assumeUsd: settings.assumeUsd,
    reserve: (request) => reserve(books, settings, request, onSettled),
    restore: (spending) => restore(books, settings, spending),
    endRun: (runId) => retire(books.runs, runId),
    state() {
      forgetDays(books, settings.clock.now());
      const accounts = openAccounts(books).filter(({ scope, cap }) => scope === "total" || cap !== undefined);
      return { stands: accounts.map(standOf), unknown, overrunUsd: fromNanoUsd(overrun) };
    },
  });
}

function reserve(
  books: Books,
  { clock, assumeUsd }: BudgetSettings,
  request: BudgetRequest,
  onSettled: (settlement: Settlement, changes: readonly BudgetChange[], listener: BudgetRequest["onChange"]) => void,
): Reservation {
  const { runId, tenantId, what, quoteUsd, onChange } = request;
  if (quoteUsd !== null) assertRate(quoteUsd, "budget.reserve(): quoteUsd");
  const now = clock.now();
  const accounts = accountsOf(books, request, now, now);
  const usd = quoteUsd ?? assumeUsd;
  if (usd === undefined && accounts.some(({ cap }) => cap !== undefined)) throw priceUnknown(request);
  const amount = toNanoUsd(usd ?? 0);
  const short = accounts.find((account) => isShort(account, amount));
  if (short !== undefined) throw budgetExceeded(short, amount, what);
  const isAssumed = quoteUsd === null && assumeUsd !== undefined;
  return holdBack({
    call: { runId, tenantId, what },
    accounts,
    amount,
    isAssumed,
    onSettled: (settlement, changes) => onSettled(settlement, changes, onChange),
  });
}

function restore(books: Books, { clock, onChange }: BudgetSettings, spending: RestoredSpending): void {
  const { runId, spentUsd, atMs } = spending;
  assertRate(spentUsd, "budget.restore(): spentUsd");
  const missing = toNanoUsd(spentUsd) - accountOfRun(books, runId).spent;
  if (missing <= 0n) return;
  const accounts = accountsOf(books, spending, atMs, clock.now());
  for (const change of accounts.flatMap((account) => spend(account, missing))) onChange(change);
}
