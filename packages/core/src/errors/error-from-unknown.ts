import { GenblazeError } from "./genblaze-error.js";
import { redactSecrets } from "./redact-secrets.js";

/**
 * Gives a `GenblazeError` back as it is and wraps anything else as `UNEXPECTED`, with the thrown value as cause; its
 * message without secrets.
 */
export function errorFromUnknown(thrown: unknown, doing: string): GenblazeError {
  if (GenblazeError.isInstance(thrown)) return thrown;
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new GenblazeError("UNEXPECTED", redactSecrets(`${doing}: ${text}`), { cause: thrown });
}
