import { GenblazeError } from "../errors/genblaze-error.js";
import { isObject } from "../manifest/free-type.js";
import { describeValue } from "../options/describe-value.js";
import { fromBase64url } from "./base64url.js";
import { keyThumbprint } from "./thumbprint.js";

/** The public half of an Ed25519 key, as a JWK (RFC 8037). */
export interface VerificationKey {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  /** The public key, base64url. */
  readonly x: string;
  /** The key's RFC 7638 thumbprint. */
  readonly kid: string;
  /** Signatures said to be made before this second since 1970 do not count. */
  readonly nbf?: number;
  /** Signatures said to be made at or after this second since 1970 do not count. */
  readonly exp?: number;
}

/** A key that signs: whoever has `d` can sign in its name. */
export interface SigningKey extends VerificationKey {
  /** The private key, base64url. */
  readonly d: string;
}

/** A key that is trusted no more, whenever its signatures say they were made. */
export interface RevokedKey {
  readonly kid: string;
  /** A word for people. */
  readonly reason?: string;
}

/** The keys that a verifier trusts: a JWK set (RFC 7517, section 5) with a list of revoked keys. */
export interface KeySet {
  readonly keys: readonly VerificationKey[];
  readonly revoked?: readonly RevokedKey[];
}

/** Bytes of an Ed25519 key, public or private (RFC 8032, section 5.1.5). */
const KEY_BYTES = 32;
/** A key set of more keys is none that anyone keeps by hand. */
const MAX_KEYS = 10_000;

/**
 * A key set from its parsed JSON: a JWK set, one JWK, or a list of JWKs. Private halves are left out, so that a
 * signing key can be given where keys to trust are asked for.
 *
 * @throws GenblazeError `KEY_INVALID`
 */
export function toKeySet(source: unknown): KeySet {
  const members = membersOf(source);
  const { keys } = members;
  const revoked = members.revoked ?? [];
  if (!isShortList(keys) || !isShortList(revoked)) {
    throw invalid(`expected a JWK set with at most ${MAX_KEYS} keys; ${describeValue(source)} was given`);
  }
  return { keys: keys.map(toVerificationKey), revoked: revoked.map(toRevokedKey) };
}

/**
 * The public half of a key, checked; everything else that a JWK may carry is left out.
 *
 * @throws GenblazeError `KEY_INVALID`
 */
function toVerificationKey(source: unknown): VerificationKey {
  if (!isObject(source)) throw invalid(`expected a JWK; ${describeValue(source)} was given`);
  if (source.kty !== "OKP" || source.crv !== "Ed25519" || !isKeyText(source.x)) {
    throw invalid('expected an Ed25519 JWK with "kty": "OKP", "crv": "Ed25519" and "x"');
  }
  const kid = keyThumbprint(source.x);
  if (source.kid !== undefined && source.kid !== kid) {
    throw invalid(`its "kid" must be its RFC 7638 thumbprint ${kid}; another one was given`);
  }
  return { kty: "OKP", crv: "Ed25519", x: source.x, kid, ...secondOf(source, "nbf"), ...secondOf(source, "exp") };
}

/**
 * A key that signs, checked; that `d` and `x` belong together shows when it is first used.
 *
 * @throws GenblazeError `KEY_INVALID`
 */
export function toSigningKey(source: unknown): SigningKey {
  const key = toVerificationKey(source);
  const d = isObject(source) ? source.d : undefined;
  if (!isKeyText(d)) throw invalid('expected a private key with "d"; this is only a public one');
  return { ...key, d };
}

function membersOf(source: unknown): { readonly keys?: unknown; readonly revoked?: unknown } {
  if (isObject(source) && "keys" in source) return source;
  return { keys: Array.isArray(source) ? source : [source] };
}

function isShortList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= MAX_KEYS;
}

function toRevokedKey(source: unknown): RevokedKey {
  if (!isObject(source) || !isKeyText(source.kid)) {
    throw invalid('expected {"kid": ...} in its list "revoked"');
  }
  return { kid: source.kid, ...(typeof source.reason === "string" ? { reason: source.reason } : {}) };
}

function secondOf(source: Readonly<Record<string, unknown>>, name: "nbf" | "exp"): { readonly [name: string]: number } {
  const second = source[name];
  if (second === undefined) return {};
  if (typeof second === "number" && Number.isFinite(second)) return { [name]: second };
  throw invalid(`"${name}" must be a number of seconds since 1970; ${describeValue(second)} was given`);
}

/** Whether a value is 32 bytes as base64url, as keys and their thumbprints are. */
export function isKeyText(value: unknown): value is string {
  return typeof value === "string" && fromBase64url(value)?.length === KEY_BYTES;
}

function invalid(problem: string): GenblazeError {
  return new GenblazeError("KEY_INVALID", `This key cannot be used: ${problem}. Make one with \`genblaze keygen\`.`);
}
