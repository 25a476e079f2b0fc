import { GenblazeError } from "../errors/genblaze-error.js";
import { systemClock } from "../internal/system-clock.js";
import type { Manifest } from "../manifest/manifest.js";
import { detachedJws, protectedHeader, signingInput } from "./jws.js";
import { type SigningKey, toSigningKey } from "./keys.js";

/** What {@link signManifest} may be told about the signature. */
export interface SignManifestOptions {
  /** When it is signed, in milliseconds since 1970. @default now */
  readonly signedAtMs?: number | undefined;
}

/**
 * The manifest with an Ed25519 signature over its canonical hash: a detached JWS in its `signature` field, which the
 * hash does not cover, so the manifest stays what it was. An earlier signature gives way.
 *
 * @throws GenblazeError `KEY_INVALID`, `HASH_IMPOSSIBLE`; `MANIFEST_INVALID` for a manifest that is not what was hashed
 * @example
 * const signed = await signManifest(manifest, key);
 */
export async function signManifest(
  manifest: Manifest,
  key: SigningKey,
  options: SignManifestOptions = {},
): Promise<Manifest> {
  const { kty, crv, x, d, kid, nbf, exp } = toSigningKey(key);
  const { hashOk, computedHash } = manifest.report();
  if (!hashOk) {
    const message = "The manifest was changed after it was hashed, so signing it would vouch for the change.";
    throw new GenblazeError("MANIFEST_INVALID", `${message} Get it again from where it came.`);
  }
  const iat = Math.floor((options.signedAtMs ?? systemClock.now()) / 1000);
  if (iat < (nbf ?? Number.NEGATIVE_INFINITY) || iat >= (exp ?? Number.POSITIVE_INFINITY)) {
    throw new GenblazeError(
      "KEY_INVALID",
      "This key is not valid now, so nobody would trust its signature. Make a new one.",
    );
  }
  const protectedText = protectedHeader({ kid, iat });
  const imported = await importPrivate({ kty, crv, x, d });
  const signature = await crypto.subtle.sign("Ed25519", imported, signingInput(protectedText, computedHash));
  return manifest.withSignature(detachedJws(protectedText, new Uint8Array(signature)));
}

/** A new key that signs. Keep it where only its owner reads it: {@link writeSigningKey}. */
export async function createSigningKey(): Promise<SigningKey> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  // Ed25519 always makes a pair; the type knows that only of RSA and EC.
  if (!("privateKey" in pair)) throw new GenblazeError("UNEXPECTED", "WebCrypto made no pair of Ed25519 keys.");
  const { d, x } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return toSigningKey({ kty: "OKP", crv: "Ed25519", x, d });
}

/** Refuses a pair whose halves do not belong together: its signatures would verify under no key. */
async function importPrivate({ kty, crv, x, d }: Omit<SigningKey, "kid">) {
  try {
    return await crypto.subtle.importKey("jwk", { kty, crv, x, d }, "Ed25519", false, ["sign"]);
  } catch (cause) {
    const message = "This key cannot be used: its two halves do not belong together. Make one with `genblaze keygen`.";
    throw new GenblazeError("KEY_INVALID", message, { cause });
  }
}
