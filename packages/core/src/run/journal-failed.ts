import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";

/** JOURNAL_FAILED with what the journal threw. */
export function journalFailed(cause: unknown): GenblazeError {
  const { message } = errorFromUnknown(cause, "The journal");
  return new GenblazeError("JOURNAL_FAILED", message, { cause });
}
