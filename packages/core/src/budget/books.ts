import { type Account, type Cap, openAccount, toCap } from "./account.js";
import type { BudgetSettings } from "./budget-options.js";
import type { BudgetScope } from "./budget-types.js";
import { createRemembered, type Remembered, recall } from "./remembered.js";

interface DayBook {
  readonly account: Account;
  readonly tenants: Remembered;
}

/** All accounts of a budget. */
export interface Books {
  readonly caps: Readonly<Record<BudgetScope, Cap | undefined>>;
  readonly maxRemembered: number;
  readonly total: Account;
  readonly runs: Remembered;
  readonly tenants: Remembered;
  /** By the number of days since 1970. */
  readonly days: Map<number, DayBook>;
}

const DAY_MS = 86_400_000;

export function openBooks({ capsUsd, warnAt, maxRemembered }: BudgetSettings): Books {
  const { run, tenant, tenantDay, day, total } = capsUsd;
  const caps = {
    run: toCap(run, warnAt),
    tenant: toCap(tenant, warnAt),
    tenantDay: toCap(tenantDay, warnAt),
    day: toCap(day, warnAt),
    total: toCap(total, warnAt),
  };
  return {
    caps,
    maxRemembered,
    total: openAccount("total", "", caps.total),
    runs: createRemembered(maxRemembered),
    tenants: createRemembered(maxRemembered),
    days: new Map(),
  };
}

/** What an account is looked up by. */
export interface Spender {
  readonly runId: string;
  readonly tenantId?: string | undefined;
}

/** The account of a run; runs have one without a cap too, so that what is restored is not counted twice. */
export function accountOfRun({ runs, caps }: Books, runId: string): Account {
  return recall(runs, runId, () => openAccount("run", runId, caps.run));
}

/**
 * The accounts that spending of a run at a time counts to, the narrowest first. Those of a day are left out when that
 * is neither today nor a day beside it, and forgotten then: a clock that is set back over midnight loses nothing.
 */
export function accountsOf(
  books: Books,
  { runId, tenantId }: Spender,
  atMs: number,
  nowMs: number,
): readonly Account[] {
  const { caps, tenants, total } = books;
  const accounts = [accountOfRun(books, runId)];
  const day = dayBookAt(books, atMs, nowMs);
  if (tenantId !== undefined && day !== undefined && caps.tenantDay !== undefined) {
    const key = `${day.account.key}/${tenantId}`;
    accounts.push(recall(day.tenants, tenantId, () => openAccount("tenantDay", key, caps.tenantDay)));
  }
  if (tenantId !== undefined && caps.tenant !== undefined) {
    accounts.push(recall(tenants, tenantId, () => openAccount("tenant", tenantId, caps.tenant)));
  }
  if (day !== undefined) accounts.push(day.account);
  return [...accounts, total];
}

/** Every account that is open, the widest first. */
export function openAccounts({ total, days, tenants, runs }: Books): readonly Account[] {
  const books = [...days.values()];
  return [
    total,
    ...books.map(({ account }) => account),
    ...books.flatMap((day) => [...day.tenants.live.values()]),
    ...tenants.live.values(),
    ...runs.live.values(),
  ];
}

/** Lets go of days that are over. */
export function forgetDays({ days }: Books, nowMs: number): void {
  const today = Math.floor(nowMs / DAY_MS);
  for (const day of days.keys()) {
    if (Math.abs(day - today) > 1) days.delete(day);
  }
}

function dayBookAt(books: Books, atMs: number, nowMs: number): DayBook | undefined {
  const { days, caps, maxRemembered } = books;
  forgetDays(books, nowMs);
  const day = Math.floor(atMs / DAY_MS);
  if (!(Math.abs(day - Math.floor(nowMs / DAY_MS)) <= 1)) return undefined;
  const known = days.get(day);
  if (known !== undefined) return known;
  const key = new Date(day * DAY_MS).toISOString().slice(0, 10);
  const opened = { account: openAccount("day", key, caps.day), tenants: createRemembered(maxRemembered) };
  days.set(day, opened);
  return opened;
}
