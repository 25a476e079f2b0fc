import { GenblazeError } from "../errors/genblaze-error.js";
import { describeValue } from "../options/describe-value.js";
import type { PricingStrategy } from "./pricing-context.js";

/** Strategies by `provider/model`, or by a beginning of it with `*` at its end: `openai/*`, `gmicloud/veo-*`. */
export type Prices = Readonly<Record<string, PricingStrategy>>;

/** Prices that were checked once; never changes. */
export interface PriceBook {
  /** The strategy of the exact model, else of the longest pattern that fits, else undefined. */
  strategyFor(provider: string, model: string): PricingStrategy | undefined;
}

/** A provider, a slash and a model, which may hold slashes; no blanks at the ends, `*` nowhere but last. */
const KEY = /^[^\s/*](?:[^/*]*[^\s/*])?\/(?:\*|[^\s*](?:[^*]*[^\s*])?\*?)$/u;

/**
 * A price book. INVALID_OPTION for a key that is no `provider/model` or pattern, and for a price that is no strategy.
 *
 * @example
 * const book = createPriceBook({ "gmicloud/seedream-5.0-lite": perUnit(0.022), "openai/*": perUnit(0.04) });
 * const strategy = book.strategyFor("gmicloud", "seedream-5.0-lite");
 */
export function createPriceBook(prices: Prices): PriceBook {
  return priceBookOf(prices, "createPriceBook()");
}

/** The same for prices that were given elsewhere: errors name that place. */
export function priceBookOf(prices: Prices, where: string): PriceBook {
  const exact = new Map(readPrices(prices, where));
  const patterns = [...exact]
    .filter(([key]) => key.endsWith("*"))
    .map(([key, strategy]) => ({ start: key.slice(0, -1), strategy }))
    .sort((left, right) => right.start.length - left.start.length);
  return Object.freeze<PriceBook>({
    strategyFor: (provider, model) => {
      const name = `${provider}/${model}`;
      return exact.get(name) ?? patterns.find(({ start }) => name.startsWith(start))?.strategy;
    },
  });
}

function readPrices(prices: Prices, where: string): [string, PricingStrategy][] {
  if (typeof prices !== "object" || prices === null || Array.isArray(prices)) {
    throw invalid(where, `an object of strategies is expected; ${describeValue(prices)} was given`);
  }
  const entries = Object.entries(prices);
  for (const [key, strategy] of entries) {
    if (!KEY.test(key))
      throw invalid(where, `"provider/model" or "provider/model*" is expected as a key; "${key}" was given`);
    if (typeof strategy !== "function") {
      const came = describeValue(strategy);
      throw invalid(where, `"${key}": a strategy like perUnit(0.02) is expected; ${came} was given`);
    }
  }
  return entries;
}

function invalid(where: string, what: string): GenblazeError {
  return new GenblazeError("INVALID_OPTION", `${where}: ${what}.`);
}
