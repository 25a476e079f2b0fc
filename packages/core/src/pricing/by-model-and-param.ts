import { GenblazeError } from "../errors/genblaze-error.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import { describeValue } from "../options/describe-value.js";
import { assertName } from "./check-rate.js";
import { unknownCost } from "./cost.js";
import { costPerOutput, type PerOutputOptions } from "./per-output.js";
import { type PriceTable, readPriceTable } from "./price-table.js";
import type { PricingStrategy } from "./pricing-context.js";

/**
 * The price that a table gives for a model and one parameter. INVALID_OPTION for an empty name, a bad table or rate.
 *
 * @example
 * const runway = byModelAndParam("duration", { gen4_turbo: { 5: 0.25, 10: 0.5 } });
 */
export function byModelAndParam(
  param: string,
  tables: Readonly<Record<string, PriceTable>>,
  options: PerOutputOptions = {},
): PricingStrategy {
  assertKnownOptions(options, ["perOutput"], "byModelAndParam()");
  assertName(param, "byModelAndParam(): the parameter");
  const { perOutput = true } = options;
  const models = readTables(tables);
  return (context) => {
    const prices = models.get(context.model);
    if (prices === undefined) return unknownCost(`the price table has no model "${context.model}"`);
    const usd = prices.find(context.params[param]);
    if (usd === undefined) return unknownCost(`params.${param} has no price; prices are known for ${prices.known}`);
    return costPerOutput(usd, context, perOutput);
  };
}

function readTables(tables: Readonly<Record<string, PriceTable>>) {
  const entries = typeof tables === "object" && tables !== null ? Object.entries(tables) : [];
  if (entries.length === 0) {
    const message = `byModelAndParam(): a price table by model is expected; ${describeValue(tables)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  return new Map(entries.map(([model, table]) => [model, readPriceTable(table, `byModelAndParam(): ${model}`)]));
}
