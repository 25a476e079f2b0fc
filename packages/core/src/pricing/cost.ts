/** A known price of one call, in US dollars. */
export interface KnownCost {
  readonly usd: number;
  /** What was counted, in the singular: `asset`, `second`, `character`, `input token`, `request`. */
  readonly unit: string;
  /** How many of them. */
  readonly quantity: number;
  /** The lines of a price that combines several units; then `unit` is `request` and `quantity` 1. */
  readonly parts?: readonly CostPart[];
}

/** One line of a combined price. */
export type CostPart = Omit<KnownCost, "parts">;

/** A price that cannot be known. It is never counted as 0. */
export interface UnknownCost {
  readonly usd: null;
  /** Why, in words for a person. Holds no prompt and no parameter's value. */
  readonly reason: string;
}

/** What a call cost; branch on `usd === null`. */
export type Cost = KnownCost | UnknownCost;

/** A cost of so many units; unknown when the dollars are no possible price: negative, infinite or not a number. */
export function toCost(usd: number, unit: string, quantity: number): Cost {
  return isPossiblePrice(usd) ? { usd, unit, quantity } : unknownCost(impossiblePrice(usd));
}

/** A cost that cannot be known, and why. */
export function unknownCost(reason: string): UnknownCost {
  return { usd: null, reason };
}

/** Whether dollars can be a price: finite and not below 0. */
export function isPossiblePrice(usd: number): boolean {
  return Number.isFinite(usd) && usd >= 0;
}

/** The reason for dollars that are none. */
export function impossiblePrice(usd: number): string {
  return `the price came out as ${usd}, which is no amount of dollars`;
}
