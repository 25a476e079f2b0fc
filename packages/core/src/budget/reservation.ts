import { isPossiblePrice } from "../pricing/cost.js";
import { type Account, spend } from "./account.js";
import type { BudgetCall, BudgetChange, Reservation, Settlement } from "./budget-types.js";
import { fromNanoUsd, toNanoUsd } from "./nano-usd.js";

/** What is reserved, of which accounts. */
export interface Held {
  readonly call: BudgetCall;
  readonly accounts: readonly Account[];
  /** In billionths of a dollar. */
  readonly amount: bigint;
  readonly isAssumed: boolean;
  /** Told of the settlement, and of what it changed, after all of it is counted. */
  readonly onSettled: (settlement: Settlement, changes: readonly BudgetChange[]) => void;
}

/** Reserves the amount in all accounts. */
export function holdBack({ call, accounts, amount, isAssumed, onSettled }: Held): Reservation {
  const reservedUsd = fromNanoUsd(amount);
  let held = amount;
  let settlement: Settlement | undefined;
  for (const account of accounts) account.reserved += amount;

  function release(): void {
    for (const account of accounts) account.reserved -= held;
    held = 0n;
  }

  function settle(actualUsd: number | null): Settlement {
    if (settlement !== undefined) return settlement;
    const kept = held;
    release();
    const settled = toSettlement(kept, actualUsd);
    settlement = settled;
    const thresholds = accounts.flatMap((account) => spend(account, toNanoUsd(settled.spentUsd)));
    onSettled(settled, [...changesOf(call, settled), ...thresholds]);
    return settled;
  }

  return Object.freeze({ reservedUsd, isAssumed, settle, release });
}

function toSettlement(held: bigint, actualUsd: number | null): Settlement {
  const isPriceKnown = actualUsd !== null && isPossiblePrice(actualUsd);
  const spent = isPriceKnown ? toNanoUsd(actualUsd) : held;
  return Object.freeze({
    reservedUsd: fromNanoUsd(held),
    spentUsd: fromNanoUsd(spent),
    overrunUsd: fromNanoUsd(spent > held ? spent - held : 0n),
    isPriceKnown,
  });
}

function changesOf(call: BudgetCall, settlement: Settlement): readonly BudgetChange[] {
  const { reservedUsd, spentUsd, overrunUsd, isPriceKnown } = settlement;
  if (!isPriceKnown) return [{ type: "unknown", ...call, spentUsd }];
  return overrunUsd > 0 ? [{ type: "overrun", ...call, reservedUsd, spentUsd, overrunUsd }] : [];
}
