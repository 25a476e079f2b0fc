import type { JsonObject } from "../json/json-value.js";
import type { PricingContext } from "./pricing-context.js";
import { toNumber } from "./to-number.js";

/** The names under which a length is asked for, in seconds; the first that is not 0 counts. */
const DURATION_PARAMS = ["durationSeconds", "duration_seconds", "duration"];

/**
 * Seconds of all assets that have a duration; undefined when none has. Added left to right in doubles, as the Python
 * library adds them.
 */
export function outputSeconds({ assets }: PricingContext): number | undefined {
  let seconds: number | undefined;
  for (const { duration } of assets) {
    if (duration !== null) seconds = (seconds ?? 0) + duration;
  }
  return seconds;
}

/** The seconds that the parameters ask for, per asset. */
export function requestedSeconds(params: JsonObject): number | undefined {
  for (const name of DURATION_PARAMS) {
    const seconds = toNumber(params[name]);
    if (seconds !== undefined && seconds !== 0) return seconds;
  }
  return undefined;
}
