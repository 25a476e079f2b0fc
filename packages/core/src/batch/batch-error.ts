import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";

/** An error that a batch was given from outside, with the words for where it came from. */
export function batchError(pipeline: string, where: string, thrown: unknown): GenblazeError {
  const what = `Batch of pipeline "${pipeline}": ${where}`;
  if (!GenblazeError.isInstance(thrown)) return errorFromUnknown(thrown, what);
  const { code, message, isRetryable, retryAfterMs, details } = thrown;
  return new GenblazeError(code, `${what}: ${message}`, {
    cause: thrown,
    isRetryable,
    details,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
