import { isJsonFloat } from "../json/json-float.js";

const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** The finite number that a parameter or fact holds, also as a decimal text like "12"; undefined for all else. */
export function toNumber(value: unknown): number | undefined {
  const number = plainNumber(value);
  return number !== undefined && Number.isFinite(number) ? number : undefined;
}

function plainNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" && DECIMAL.test(value)) return Number(value);
  return isJsonFloat(value) ? value.value : undefined;
}
