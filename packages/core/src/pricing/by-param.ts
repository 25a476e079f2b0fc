import { assertKnownOptions } from "../options/assert-known-options.js";
import { assertName, assertRate } from "./check-rate.js";
import { unknownCost } from "./cost.js";
import { costPerOutput, type PerOutputOptions } from "./per-output.js";
import { type PriceTable, readPriceTable } from "./price-table.js";
import type { PricingStrategy } from "./pricing-context.js";

export interface ByParamOptions extends PerOutputOptions {
  /** Dollars for a value that is not in the table, and for none. @default the price is unknown */
  readonly otherwiseUsd?: number;
}

/**
 * The price that a table gives for one parameter. INVALID_OPTION for an empty name, a bad table or rate.
 *
 * @example
 * const dallE = byParam("quality", { standard: 0.04, hd: 0.08 });
 */
export function byParam(param: string, table: PriceTable, options: ByParamOptions = {}): PricingStrategy {
  assertKnownOptions(options, ["otherwiseUsd", "perOutput"], "byParam()");
  assertName(param, "byParam(): the parameter");
  const { otherwiseUsd, perOutput = true } = options;
  if (otherwiseUsd !== undefined) assertRate(otherwiseUsd, "byParam(): otherwiseUsd");
  const { find, known } = readPriceTable(table, "byParam()");
  return (context) => {
    const usd = find(context.params[param]) ?? otherwiseUsd;
    if (usd === undefined) return unknownCost(`params.${param} has no price; prices are known for ${known}`);
    return costPerOutput(usd, context, perOutput);
  };
}
