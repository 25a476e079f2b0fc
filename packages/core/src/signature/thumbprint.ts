import { canonicalJson } from "../json/canonical-json.js";
import { hashText } from "../json/hash-text.js";
import { toBase64url } from "./base64url.js";

/** The id of an Ed25519 key: its SHA-256 thumbprint (RFC 7638, section 3, with the members of RFC 8037, section 2). */
export function keyThumbprint(x: string): string {
  const hex = hashText(canonicalJson({ crv: "Ed25519", kty: "OKP", x }));
  return toBase64url(Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
}
