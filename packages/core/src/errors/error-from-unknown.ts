import { GenblazeError } from "./genblaze-error.js";

/** Gives a `GenblazeError` back as it is and wraps anything else as `UNEXPECTED`, with the thrown value as cause. */
export function errorFromUnknown(thrown: unknown, doing: string): GenblazeError {
  if (GenblazeError.isInstance(thrown)) return thrown;
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new GenblazeError("UNEXPECTED", `${doing}: ${text}`, { cause: thrown });
}
