export { checkOpening, decryptManifest, parseOpening, type RevealedValue } from "../privacy/check-opening.js";
export type { OpenedValue, Opening } from "../privacy/opening.js";
export { readOpening, writeOpening } from "../privacy/opening-file.js";
export { readKeySet, readSigningKey, writeSigningKey } from "../signature/key-file.js";
export {
  type KeySet,
  type RevokedKey,
  type SigningKey,
  toKeySet,
  toSigningKey,
  type VerificationKey,
} from "../signature/keys.js";
export { createSigningKey, type SignManifestOptions, signManifest } from "../signature/sign-manifest.js";
export { type SignatureCheck, type VerifySignatureOptions, verifySignature } from "../signature/verify-signature.js";
