import { GenblazeError } from "@genblaze/core";

/** Throws CANCELLED, with the signal's reason as cause, once the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new GenblazeError("CANCELLED", "The work on the file was cancelled by its signal.", { cause: signal.reason });
}
