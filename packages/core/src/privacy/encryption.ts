import { createCipheriv, createDecipheriv } from "node:crypto";
import { GenblazeError } from "../errors/genblaze-error.js";
import { canonicalJson } from "../json/canonical-json.js";
import type { JsonValue } from "../json/json-value.js";
import { fromBase64url, toBase64url } from "../signature/base64url.js";

/** What `encryption_scheme` says: each private value is a compact JWE (RFC 7516) under a key that both sides have. */
export const ENCRYPTION_SCHEME = "JWE dir A256GCM";

/** RFC 7518, section 5.3: AES-256-GCM with a 96-bit nonce and a 128-bit tag. */
const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PROTECTED = toBase64url(new TextEncoder().encode('{"alg":"dir","enc":"A256GCM"}'));

/** A private value with the field it belongs to, so that nobody can put it into another one. */
export interface FieldValue {
  readonly field: string;
  readonly value: JsonValue;
}

/** The value as a compact JWE. The nonce must be random and is never used twice under one key. */
export function encryptField({ field, value }: FieldValue, key: Uint8Array, nonce: Uint8Array): string {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(PROTECTED, "ascii"));
  const sealed = Buffer.concat([cipher.update(canonicalJson({ field, value }), "utf8"), cipher.final()]);
  return [PROTECTED, "", toBase64url(nonce), toBase64url(sealed), toBase64url(cipher.getAuthTag())].join(".");
}

/**
 * The value in a compact JWE that {@link encryptField} made for this field.
 *
 * @throws GenblazeError `OPENING_INVALID` for another key, another field, or a changed text
 */
export function decryptField(text: string, field: string, key: Uint8Array): JsonValue {
  const [header, wrappedKey, nonce, sealed, tag, ...rest] = text.split(".");
  const parts = [nonce, sealed, tag].map((part) => fromBase64url(part ?? "!"));
  const [nonceBytes, sealedBytes, tagBytes] = parts;
  const isJwe = header === PROTECTED && wrappedKey === "" && rest.length === 0;
  if (!isJwe || nonceBytes?.length !== NONCE_BYTES || tagBytes?.length !== TAG_BYTES || sealedBytes === undefined) {
    throw invalid(field, "it is no JWE of this SDK");
  }
  try {
    const decipher = createDecipheriv(CIPHER, key, nonceBytes, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(PROTECTED, "ascii")).setAuthTag(tagBytes);
    const opened = Buffer.concat([decipher.update(sealedBytes), decipher.final()]).toString("utf8");
    // What passes the tag was written by `encryptField`.
    const plain = JSON.parse(opened) as FieldValue;
    if (plain.field === field) return plain.value;
  } catch (cause) {
    throw invalid(field, "the key is another one, or the text was changed", cause);
  }
  throw invalid(field, "it was encrypted for another field");
}

/** @throws GenblazeError `KEY_INVALID` */
export function assertEncryptionKey(key: unknown): asserts key is Uint8Array {
  if (key instanceof Uint8Array && key.length === KEY_BYTES) return;
  const message = `An encryption key is ${KEY_BYTES} secret bytes (a Uint8Array). Make one with crypto.getRandomValues.`;
  throw new GenblazeError("KEY_INVALID", message);
}

function invalid(field: string, problem: string, cause?: unknown): GenblazeError {
  const message = `The encrypted "${field}" cannot be opened: ${problem}. Give the key that the run had.`;
  return new GenblazeError("OPENING_INVALID", message, { cause, details: { field } });
}
