import { GenblazeError } from "./genblaze-error.js";
import { redactSecrets } from "./redact-secrets.js";

/** Longer texts of others are not looked at further; a thrown value may hold a whole response body. */
const READ_CHARACTERS = 8_000;
/** What a secret is made of; of a longer one enough is left to be told by its form. */
const LAST_WORD = /[\w.~+/=-]{1,512}$/;

/**
 * Gives a `GenblazeError` back as it is and wraps anything else as `UNEXPECTED`, with the thrown value as cause; its
 * message short and without secrets.
 */
export function errorFromUnknown(thrown: unknown, doing: string): GenblazeError {
  if (GenblazeError.isInstance(thrown)) return thrown;
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new GenblazeError("UNEXPECTED", redactSecrets(`${doing}: ${shortened(text)}`), { cause: thrown });
}

/** Without the word that the cut goes through: half a secret is not told by its form. */
function shortened(text: string): string {
  if (text.length <= READ_CHARACTERS) return text;
  return `${text.slice(0, READ_CHARACTERS).replace(LAST_WORD, "")}...(truncated)`;
}
