import { isObject } from "../manifest/free-type.js";
import { fromBase64url, toBase64url } from "./base64url.js";
import { isKeyText } from "./keys.js";

/** The protected header of a manifest's signature. */
export interface SignatureHeader {
  readonly kid: string;
  /** When it was made, in seconds since 1970, as the signer says. */
  readonly iat: number;
}

/** A signature taken apart, not yet checked. */
export interface ParsedSignature extends SignatureHeader {
  /** The header as it stands in the text; it is signed as it stands. */
  readonly protectedText: string;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** Keeps a signature made for something else from counting here (RFC 8725, section 3.11). */
const TYPE = "genblaze-manifest";
/** RFC 8032, section 5.1.6. */
const SIGNATURE_BYTES = 64;
/** Ours have some 250 characters; a longer text is no signature. */
const MAX_CHARACTERS = 4096;

/** The header as it is signed: base64url of JSON, the payload neither encoded nor part of the text (RFC 7797). */
export function protectedHeader({ kid, iat }: SignatureHeader): string {
  const header = { alg: "EdDSA", typ: TYPE, kid, iat, b64: false, crit: ["b64"] };
  return toBase64url(new TextEncoder().encode(JSON.stringify(header)));
}

/** What is signed (RFC 7797, section 3): the header and the manifest's canonical hash as 64 hex characters. */
export function signingInput(protectedText: string, canonicalHash: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${protectedText}.${canonicalHash}`);
}

/** Header and signature in compact form with nothing where the payload would be (RFC 7515, appendix F). */
export function detachedJws(protectedText: string, signature: Uint8Array): string {
  return `${protectedText}..${toBase64url(signature)}`;
}

/** The parts of a detached JWS over a manifest hash, or what is wrong with it. */
export function parseDetachedJws(text: string): ParsedSignature | { readonly problem: string } {
  const [protectedText = "", payload, signatureText = "", ...rest] =
    text.length <= MAX_CHARACTERS ? text.split(".") : [];
  if (payload !== "" || rest.length > 0) return { problem: "it is no detached JWS" };
  const signature = fromBase64url(signatureText);
  if (signature?.length !== SIGNATURE_BYTES) return { problem: "it holds no Ed25519 signature" };
  const header = parseHeader(protectedText);
  if (header === undefined) return { problem: "its header is not JSON" };
  const { alg, typ, b64, crit, kid, iat } = header;
  // RFC 9864 names the same algorithm more exactly.
  if (alg !== "EdDSA" && alg !== "Ed25519") return { problem: "its algorithm is not EdDSA" };
  if (typ !== TYPE || b64 !== false || JSON.stringify(crit) !== '["b64"]') {
    return { problem: `its header is not that of a ${TYPE}` };
  }
  if (!isKeyText(kid) || typeof iat !== "number") return { problem: "its header does not say which key and when" };
  return { protectedText, signature, kid, iat };
}

function parseHeader(text: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = fromBase64url(text);
  if (bytes === undefined) return undefined;
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isObject(header) ? header : undefined;
  } catch {
    // The caller says that it is no header.
    return undefined;
  }
}
