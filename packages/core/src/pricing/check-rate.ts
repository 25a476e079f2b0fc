import { GenblazeError } from "../errors/genblaze-error.js";
import { describeValue } from "../options/describe-value.js";

/** INVALID_OPTION for a rate that is no price: not a number, infinite or below 0. */
export function assertRate(rate: unknown, where: string): asserts rate is number {
  if (typeof rate === "number" && Number.isFinite(rate) && rate >= 0) return;
  throw new GenblazeError("INVALID_OPTION", expected(where, "US dollars of 0 or more are expected", rate));
}

/** INVALID_OPTION for a number that is not above 0. */
export function assertAboveZero(value: unknown, where: string): asserts value is number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return;
  throw new GenblazeError("INVALID_OPTION", expected(where, "a number above 0 is expected", value));
}

/** INVALID_OPTION for a name that is no text or an empty one. */
export function assertName(name: unknown, where: string): asserts name is string {
  if (typeof name === "string" && name !== "") return;
  throw new GenblazeError("INVALID_OPTION", expected(where, "a name that is not empty is expected", name));
}

/** INVALID_OPTION for what is no function. */
export function assertFunction(value: unknown, where: string): void {
  if (typeof value === "function") return;
  throw new GenblazeError("INVALID_OPTION", expected(where, "a function is expected", value));
}

function expected(where: string, what: string, came: unknown): string {
  return `${where}: ${what}; ${describeValue(came)} was given.`;
}
