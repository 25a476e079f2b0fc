import { GenblazeError } from "../errors/genblaze-error.js";
import { holdsSecret } from "../errors/redact-secrets.js";

/**
 * Refuses parameters in which a text looks like a key, a token or a signed URL: they would stand in the manifest.
 *
 * @throws GenblazeError `INVALID_OPTION` naming the place, never the value
 */
export function assertNoSecret(params: unknown, step: string): void {
  const place = findSecret(params, "");
  if (place === undefined) return;
  throw new GenblazeError(
    "INVALID_OPTION",
    `Step "${step}": option "${place}" holds what looks like a key or a token, and parameters stand in the manifest. Give keys to the provider instead.`,
    { details: { step, option: place } },
  );
}

function findSecret(value: unknown, place: string): string | undefined {
  if (typeof value === "string") return holdsSecret(value) ? place : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, entry] of Object.entries(value)) {
    const found = findSecret(entry, place === "" ? name : `${place}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
