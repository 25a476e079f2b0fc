import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";

/** Calls a function that the user wrote; what it throws says whose it is, and keeps its code and its cause. */
export async function callTheirs<T>(who: string, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    const error = errorFromUnknown(thrown, `${who} threw`);
    if (error !== thrown) throw error;
    const { message, isRetryable, retryAfterMs, details } = error;
    // What these two say of a run they say of another one.
    const isOfAnother = error.code === "WAITING" || error.code === "JOURNAL_FAILED";
    const code = isOfAnother ? "REFERENCE_FAILED" : error.code;
    const facts = { isRetryable, details, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    throw new GenblazeError(code, `${who} threw: ${message}`, { cause: thrown, ...facts });
  }
}

/** How a function in the options of a step's node is called in messages. */
export function functionOf(step: string, option: string): string {
  return `Step "${step}": its function \`${option}\``;
}
