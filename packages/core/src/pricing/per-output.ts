import { type Cost, toCost } from "./cost.js";
import type { PricingContext } from "./pricing-context.js";

/** How a table's price counts. */
export interface PerOutputOptions {
  /** Count the price once for every asset, and once when there is none. @default true */
  readonly perOutput?: boolean;
}

/** A table's price, for each asset or for the whole request. */
export function costPerOutput(usd: number, { assets }: PricingContext, perOutput: boolean): Cost {
  const count = Math.max(assets.length, 1);
  return perOutput ? toCost(usd * count, "asset", count) : toCost(usd, "request", 1);
}
