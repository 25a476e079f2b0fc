import { GenblazeError } from "../errors/genblaze-error.js";
import type { Mask } from "./mask.js";

/** The error without private texts. Its cause is told in one sentence, as the object may hold a whole request. */
export function maskError(error: GenblazeError, mask: Mask): GenblazeError {
  const { code, message, isRetryable, retryAfterMs, details, cause } = error;
  return new GenblazeError(code, mask.text(message), {
    isRetryable,
    details: mask.json(details),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(cause instanceof Error ? { cause: new Error(mask.text(`${cause.name}: ${cause.message}`)) } : {}),
  });
}
