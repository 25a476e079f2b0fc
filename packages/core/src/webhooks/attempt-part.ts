import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** The part of a path that says for which attempt of a step it was made, and proves who made it. */
const ATTEMPT_PART = /^attempt-([\w-]{22})\.([\w-]{22})$/;
const PREFIX = "attempt-";
/** Of SHA-256; 128 bits are not guessed. */
const KEPT_BYTES = 16;

/** Made of the attempt alone and under a key, so that every process with the key makes the same and nobody else does. */
export function toAttemptPart(key: Uint8Array, provider: string, attempt: string): string {
  const id = shorten(createHash("sha256").update(attempt).digest());
  return `${PREFIX}${id}.${macOf(key, provider, id)}`;
}

/** Whether a part of a path says of itself that it is one. */
export function claimsAttempt(part: string): boolean {
  return part.startsWith(PREFIX);
}

/** Whether it was made under one of the keys, for this provider. */
export function isAttemptPart(keys: readonly Uint8Array[], provider: string, part: string): boolean {
  const [, id = "", mac = ""] = ATTEMPT_PART.exec(part) ?? [];
  // All keys are tried, so that the time tells nothing.
  return keys.map((key) => id !== "" && isEqual(mac, macOf(key, provider, id))).includes(true);
}

function macOf(key: Uint8Array, provider: string, id: string): string {
  return shorten(createHmac("sha256", key).update(`genblaze webhook path\n${provider}\n${id}`).digest());
}

function shorten(hash: Buffer): string {
  return hash.subarray(0, KEPT_BYTES).toString("base64url");
}

function isEqual(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
