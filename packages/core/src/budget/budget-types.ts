/** What a cap is over: one run, one tenant, one tenant on one day, one day, or everything. */
export type BudgetScope = "run" | "tenant" | "tenantDay" | "day" | "total";

/** How one cap stands, in US dollars. */
export interface BudgetStand {
  readonly scope: BudgetScope;
  /** The run's or tenant's id, the day (`2026-01-15`), day and tenant (`2026-01-15/tenant`), empty for the total. */
  readonly key: string;
  /** What was spent; above the cap after an overrun. */
  readonly spentUsd: number;
  /** What calls under way may still cost. */
  readonly reservedUsd: number;
  /** Undefined without a cap. */
  readonly capUsd: number | undefined;
}

/** Whose call it is. */
export interface BudgetCall {
  readonly runId: string;
  /** @default the run is of no tenant, and no tenant's cap applies */
  readonly tenantId?: string | undefined;
  /** The call in words for a person, like `step "clip" with luma/ray-2`; without prompts and secrets. */
  readonly what: string;
}

/** A cap of which a part is spent; told once for each part and cap, the smallest part first. */
export interface BudgetThreshold extends BudgetStand {
  readonly type: "threshold";
  readonly capUsd: number;
  /** The part, of `warnAt`. */
  readonly fraction: number;
}

/** A call that cost more than was reserved for it. */
export interface BudgetOverrun extends BudgetCall {
  readonly type: "overrun";
  readonly reservedUsd: number;
  readonly spentUsd: number;
  /** By how much. */
  readonly overrunUsd: number;
}

/** A call whose price nobody knows, even after it was made. */
export interface BudgetUnknown extends BudgetCall {
  readonly type: "unknown";
  /** What was reserved for it, and counts as spent. */
  readonly spentUsd: number;
}

/** What a budget tells of. */
export type BudgetChange = BudgetThreshold | BudgetOverrun | BudgetUnknown;

/** A call that is about to be made. */
export interface BudgetRequest extends BudgetCall {
  /** What it costs at most; null when nobody knows. */
  readonly quoteUsd: number | null;
  /** Why nobody knows, in words for a person. */
  readonly reason?: string | undefined;
  /** Told of what this call changes, after the budget's own listener; it must not throw. */
  readonly onChange?: ((change: BudgetChange) => void) | undefined;
}

/** How a call was counted. */
export interface Settlement {
  readonly reservedUsd: number;
  /** What counts as spent: the price, or what was reserved when that is unknown. */
  readonly spentUsd: number;
  /** By how much it passed what was reserved; 0 when it did not. */
  readonly overrunUsd: number;
  readonly isPriceKnown: boolean;
}

/** Money that is kept back for one call, until it is told how that ended. */
export interface Reservation {
  readonly reservedUsd: number;
  /** Whether the price was unknown and `assumeUsd` was taken. */
  readonly isAssumed: boolean;
  /**
   * The call was made and cost so much; null (and what is no amount of dollars) when nobody knows, which counts what
   * was reserved as spent. Only the first time counts; later ones give the same answer. A price that comes after a
   * release is counted too, as an overrun: it was paid.
   */
  readonly settle: (actualUsd: number | null) => Settlement;
  /** The call was surely not taken, and costs nothing. Does nothing when it was released or settled before. */
  readonly release: () => void;
}

/** What a run had spent before this process knew of it. */
export interface RestoredSpending {
  readonly runId: string;
  /** @default the run is of no tenant */
  readonly tenantId?: string | undefined;
  readonly spentUsd: number;
  /** When it was spent, in milliseconds since 1970: it counts to that day. */
  readonly atMs: number;
}

/** How a budget stands. */
export interface BudgetState {
  /** The total, then days, tenants of days, tenants and runs that did not end, as far as they have a cap or are the total. */
  readonly stands: readonly BudgetStand[];
  /** How many calls were settled without a known price. */
  readonly unknown: number;
  /** By how much all calls together passed what was reserved for them, in US dollars. */
  readonly overrunUsd: number;
}
