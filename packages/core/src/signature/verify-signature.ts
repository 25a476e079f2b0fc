import { GenblazeError } from "../errors/genblaze-error.js";
import type { Verdict } from "../manifest/check-manifest.js";
import type { Manifest } from "../manifest/manifest.js";
import { type ParsedSignature, parseDetachedJws, signingInput } from "./jws.js";
import { type KeySet, toKeySet, type VerificationKey } from "./keys.js";

/** Whom {@link verifySignature} trusts. */
export interface VerifySignatureOptions {
  /** Whose signatures count: a JWK set, one JWK or a list of them. @default nobody's */
  readonly keys?: KeySet | VerificationKey | readonly VerificationKey[] | undefined;
}

/** Who signed the manifest? */
export interface SignatureCheck {
  readonly verdict: Verdict;
  readonly reason?: string;
  /** The key that the signature names; proven only when the verdict is `matches`. */
  readonly keyId?: string;
  /** When it was made, in ISO 8601, as the signer says. */
  readonly signedAt?: string;
}

/**
 * Whether one of the keys signed what the manifest says. The hash is computed anew, so a manifest that was changed
 * *differs* even where it still declares the hash that was signed. A key that is not given is *not checked*; one
 * that is revoked, or was not valid when the signature says it was made, *differs*.
 *
 * @throws GenblazeError `KEY_INVALID` for keys that are none, `INVALID_OPTION`
 * @example
 * const { verdict, keyId } = await verifySignature(manifest, { keys: await response.json() });
 */
export async function verifySignature(
  manifest: Manifest,
  options: VerifySignatureOptions = {},
): Promise<SignatureCheck> {
  const { keys: given = [], ...strangers } = options;
  // Misspelt keys would make every signature "not checked".
  if (Object.keys(strangers).length > 0)
    throw new GenblazeError("INVALID_OPTION", "verifySignature takes { keys } only.");
  const { keys, revoked = [] } = toKeySet(given);
  if (manifest.signature === null) return { verdict: "not checked", reason: "The manifest is not signed." };
  const parsed = parseDetachedJws(manifest.signature);
  if ("problem" in parsed) {
    return { verdict: "differs", reason: `The manifest's signature cannot be read: ${parsed.problem}.` };
  }
  const known = { keyId: parsed.kid, signedAt: isoTime(parsed.iat) };
  const revocation = revoked.find(({ kid }) => kid === parsed.kid);
  if (revocation !== undefined) {
    const why = revocation.reason === undefined ? "" : ` (${revocation.reason})`;
    return { verdict: "differs", reason: `The key was revoked${why}.`, ...known };
  }
  const key = keys.find(({ kid }) => kid === parsed.kid);
  if (key === undefined) {
    const reason = keys.length === 0 ? "No keys to trust were given." : "Its key is not among those that were given.";
    return { verdict: "not checked", reason, ...known };
  }
  return { ...(await checkWith(key, parsed, manifest)), ...known };
}

async function checkWith(
  key: VerificationKey,
  { protectedText, signature, iat }: ParsedSignature,
  manifest: Manifest,
): Promise<Pick<SignatureCheck, "verdict" | "reason">> {
  if (iat < (key.nbf ?? Number.NEGATIVE_INFINITY) || iat >= (key.exp ?? Number.POSITIVE_INFINITY)) {
    return { verdict: "differs", reason: "The key was not valid when the signature says it was made." };
  }
  // Browsers have it on https pages and on localhost only.
  const subtle: typeof crypto.subtle | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined) return { verdict: "not checked", reason: "There is no WebCrypto here; pages need https." };
  const { kty, crv, x } = key;
  const imported = await subtle.importKey("jwk", { kty, crv, x }, "Ed25519", false, ["verify"]);
  const hash = hashOf(manifest);
  const isSigned =
    hash !== undefined && (await subtle.verify("Ed25519", imported, signature, signingInput(protectedText, hash)));
  return isSigned
    ? { verdict: "matches" }
    : { verdict: "differs", reason: "The signature is not over what this manifest says." };
}

/** Content without a hash was never signed. */
function hashOf(manifest: Manifest): string | undefined {
  try {
    return manifest.computeHash();
  } catch {
    return undefined;
  }
}

/** A time that no calendar has is shown as the number it is. */
function isoTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString();
}
