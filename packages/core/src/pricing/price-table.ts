import { GenblazeError } from "../errors/genblaze-error.js";
import { isJsonFloat } from "../json/json-float.js";
import { describeValue } from "../options/describe-value.js";
import { assertRate } from "./check-rate.js";

/** A value that a parameter can have in a price table; `null` also stands for a parameter that was not given. */
export type ParamValue = string | number | boolean | null;

/**
 * Dollars by a parameter's value. As an object, values are compared by their text, so that `{ 5: 0.25 }` is found by
 * `5` and by `"5"`. As a list of pairs or a Map they are compared with their type: `[[5, 0.25]]` is not found by `"5"`.
 */
export type PriceTable = Readonly<Record<string, number>> | Iterable<readonly [ParamValue, number]>;

/** A price table that was checked once. */
export interface PriceLookup {
  readonly find: (value: unknown) => number | undefined;
  /** The values that have a price, for a reason. */
  readonly known: string;
}

/** More of them do not help a reader. */
const NAMED_VALUES = 8;

/** INVALID_OPTION for a table that is empty, holds a bad rate, or a value twice. */
export function readPriceTable(table: PriceTable, where: string): PriceLookup {
  if (typeof table !== "object" || table === null) throw noTable(table, where);
  const isTyped = isIterable(table);
  const prices = new Map<ParamValue, number>();
  for (const [value, usd] of isTyped ? table : Object.entries(table)) {
    assertRate(usd, `${where}: the price of ${JSON.stringify(value)}`);
    if (prices.has(value)) throw twice(value, where);
    prices.set(value, usd);
  }
  if (prices.size === 0) throw noTable([], where);
  return {
    find: (value) => findPrice(prices, plainValue(value), isTyped),
    known: namesOf([...prices.keys()]),
  };
}

function findPrice(
  prices: ReadonlyMap<ParamValue, number>,
  value: ParamValue | undefined,
  isTyped: boolean,
): number | undefined {
  if (value === undefined) return undefined;
  if (isTyped) return prices.get(value);
  return value === null ? undefined : prices.get(String(value));
}

/** Undefined for lists and objects, which have no price. */
function plainValue(value: unknown): ParamValue | undefined {
  if (value === undefined || value === null) return null;
  if (isJsonFloat(value)) return value.value;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

function isIterable(table: object): table is Iterable<readonly [ParamValue, number]> {
  return Symbol.iterator in table;
}

function namesOf(values: readonly ParamValue[]): string {
  const names = values.slice(0, NAMED_VALUES).map((value) => JSON.stringify(value));
  return values.length > NAMED_VALUES ? `${names.join(", ")} and more` : names.join(", ");
}

function noTable(table: unknown, where: string): GenblazeError {
  const message = `${where}: a table with at least one price is expected; ${describeValue(table)} was given.`;
  return new GenblazeError("INVALID_OPTION", message);
}

function twice(value: ParamValue, where: string): GenblazeError {
  const message = `${where}: the value ${JSON.stringify(value)} has two prices; leave one.`;
  return new GenblazeError("INVALID_OPTION", message);
}
