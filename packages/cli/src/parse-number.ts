import { usageError } from "./output.js";

const MAX_COUNT = 1_000_000;
const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** The whole number of an option, from 1. */
export function parseCount(option: string, value: string | boolean | undefined): number | undefined {
  if (value === undefined) return undefined;
  const count = typeof value === "string" && /^\d{1,7}$/.test(value) ? Number(value) : 0;
  if (count >= 1 && count <= MAX_COUNT) return count;
  throw usageError(
    `--${option} takes a whole number from 1 to ${MAX_COUNT}, like --${option} 20; ${String(value)} was given.`,
  );
}

const MOST_USD = 1_000_000;

/** An amount of US dollars, like `2.50`. */
export function parseUsd(option: string, value: string | boolean | undefined): number | undefined {
  if (value === undefined) return undefined;
  const usd = typeof value === "string" && /^\d{1,7}(?:\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN;
  if (usd <= MOST_USD) return usd;
  throw usageError(
    `--${option} takes US dollars up to ${MOST_USD}, like --${option} 2.50; ${String(value)} was given.`,
  );
}

/** An age like `30d`, in milliseconds. */
export function parseAgeMs(option: string, value: string): number {
  const { count, unit = "" } = /^(?<count>\d{1,6})(?<unit>[mhdw])$/.exec(value)?.groups ?? {};
  const unitMs = UNITS_MS[unit];
  if (count !== undefined && unitMs !== undefined) return Number(count) * unitMs;
  throw usageError(
    `--${option} takes a number of minutes, hours, days or weeks, like 90m, 12h, 30d, 8w; ${value} was given.`,
  );
}
