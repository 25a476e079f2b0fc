import { GenblazeError } from "../errors/genblaze-error.js";
import { countOf } from "../internal/count-of.js";
import { describeValue } from "../options/describe-value.js";
import type { WebhookSecret } from "../provider/provider.js";

const PREFIX = "whsec_";
/** Standard Webhooks 1.0.0, "Signature scheme": at least 24 bytes. */
const LEAST_BYTES = 24;
/** The specification says 64; Svix, which much of the world sends with, lets its users choose up to 75. */
const MOST_BYTES = 75;
/** While keys are changed there are two; nobody needs more than a few. */
const MOST_SECRETS = 8;
/** Four characters for three bytes, and room for padding. */
const MOST_CHARACTERS = PREFIX.length + 104;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The keys of one secret or several; INVALID_OPTION, which never shows one. */
export function toKeys(secret: WebhookSecret | readonly WebhookSecret[], where: string): readonly Uint8Array[] {
  const secrets = Array.isArray(secret) ? secret : [secret];
  if (secrets.length === 0 || secrets.length > MOST_SECRETS) {
    throw refused(where, `1 to ${MOST_SECRETS} secrets are expected; ${describeValue(secret)} was given`);
  }
  return secrets.map((one: unknown) => toKey(one, where));
}

function toKey(secret: unknown, where: string): Uint8Array {
  const key = secret instanceof Uint8Array ? secret : fromText(secret);
  if (key === undefined) {
    const expected = `"${PREFIX}" and base64, or bytes, are expected`;
    throw refused(where, `${expected}; ${describeValue(secret)} that is neither was given`);
  }
  if (key.length >= LEAST_BYTES && key.length <= MOST_BYTES) return key;
  const came = countOf(key.length, "byte");
  throw refused(where, `${LEAST_BYTES} to ${MOST_BYTES} bytes are expected; ${came} came. Make one of 32 random bytes`);
}

function fromText(secret: unknown): Uint8Array | undefined {
  if (typeof secret !== "string" || !secret.startsWith(PREFIX) || secret.length > MOST_CHARACTERS) return undefined;
  const base64 = secret.slice(PREFIX.length);
  return BASE64.test(base64) ? new Uint8Array(Buffer.from(base64, "base64")) : undefined;
}

function refused(where: string, problem: string): GenblazeError {
  return new GenblazeError("INVALID_OPTION", `${where}: option "secret": ${problem}.`);
}
