import type { BudgetScope, BudgetStand, BudgetThreshold } from "./budget-types.js";
import { fromNanoUsd, toNanoUsd } from "./nano-usd.js";

/** What may be spent, and the parts of it that are told of. In billionths of a dollar. */
export interface Cap {
  readonly amount: bigint;
  /** Rising. */
  readonly marks: readonly { readonly fraction: number; readonly at: bigint }[];
}

/** What was spent and reserved under one cap, in billionths of a dollar. */
export interface Account {
  readonly scope: BudgetScope;
  readonly key: string;
  readonly cap: Cap | undefined;
  spent: bigint;
  reserved: bigint;
  /** How many marks of the cap were passed. */
  passed: number;
}

/** An account with a cap. */
export type CappedAccount = Account & { readonly cap: Cap };

export function toCap(usd: number | undefined, warnAt: readonly number[]): Cap | undefined {
  if (usd === undefined) return undefined;
  return { amount: toNanoUsd(usd), marks: warnAt.map((fraction) => ({ fraction, at: toNanoUsd(usd * fraction) })) };
}

export function openAccount(scope: BudgetScope, key: string, cap: Cap | undefined): Account {
  return { scope, key, cap, spent: 0n, reserved: 0n, passed: 0 };
}

/**
 * Whether the account has too little left. What costs nothing passes no cap, also not one that an overrun passed: the
 * free steps behind a dear one can still be made.
 */
export function isShort(account: Account, asked: bigint): account is CappedAccount {
  return account.cap !== undefined && asked > 0n && account.spent + account.reserved + asked > account.cap.amount;
}

/** Counts spending; gives the marks that it passed. */
export function spend(account: Account, amount: bigint): readonly BudgetThreshold[] {
  account.spent += amount;
  const { cap, spent } = account;
  if (cap === undefined || amount === 0n) return [];
  const passed = cap.marks.slice(account.passed).filter(({ at }) => at <= spent);
  account.passed += passed.length;
  const capUsd = fromNanoUsd(cap.amount);
  return passed.map(({ fraction }) => ({ type: "threshold", ...standOf(account), capUsd, fraction }));
}

export function standOf({ scope, key, cap, spent, reserved }: Account): BudgetStand {
  const capUsd = cap === undefined ? undefined : fromNanoUsd(cap.amount);
  return { scope, key, spentUsd: fromNanoUsd(spent), reservedUsd: fromNanoUsd(reserved), capUsd };
}
