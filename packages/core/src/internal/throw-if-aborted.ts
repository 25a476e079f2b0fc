import { GenblazeError } from "../errors/genblaze-error.js";

/** Throws CANCELLED when the signal has aborted, or the GenblazeError that it was aborted with. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(signal.reason);
}

/** The error for work that a signal ended. */
export function abortError(reason: unknown): GenblazeError {
  if (GenblazeError.isInstance(reason)) return reason;
  return new GenblazeError("CANCELLED", "The work was ended by its caller's signal.", { cause: reason });
}
