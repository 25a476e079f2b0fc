import { type ByteSource, GenblazeError, type Manifest, type MediaHandler, type Piece } from "@genblaze/core";
import { type CoverageCheck, checkManifest, type HashCheck } from "@genblaze/core/manifest";
import { type SignatureCheck, type VerifySignatureOptions, verifySignature } from "@genblaze/core/proof";
import { hashPieces } from "./binary/hash-pieces.js";
import { checkMedia, checkOptions } from "./check-arguments.js";
import { isExiftoolHandler } from "./exiftool/exiftool-handler.js";
import { type BytesCheck, checkBytes } from "./file-checks.js";
import { findManifest } from "./find-manifest.js";
import { type MediaSource, withMedia } from "./media-source.js";
import { throwIfAborted } from "./throw-if-aborted.js";

/** How {@link verifyFile} reads a file, and whose signatures count. */
export interface VerifyFileOptions extends VerifySignatureOptions {
  /** Media type, for a file that its bytes do not tell. @default by the bytes, then by the extension */
  readonly mediaType?: string;
  /** Ends the work. */
  readonly signal?: AbortSignal;
}

/** What a file and its manifest prove, each question apart. */
export interface FileVerification {
  /**
   * Whether hash, coverage and bytes are answered with `matches`, and the signature too when `keys` were given; a
   * signature that differs is never ok.
   */
  readonly ok: boolean;
  readonly manifest: Manifest;
  readonly foundIn: "embedded" | "sidecar";
  /** The sidecar, when the manifest was there. */
  readonly sidecarPath?: string;
  /** Is the manifest what was hashed? */
  readonly manifestHash: HashCheck;
  /** Has every output a hash and possible metadata? */
  readonly coverage: CoverageCheck;
  /** Are these bytes one of the outputs? */
  readonly bytes: BytesCheck;
  /** Who signed the manifest? */
  readonly signature: SignatureCheck;
}

/**
 * Verifies a media file against the manifest inside it or next to it. The bytes that count are those without the
 * manifest, so a manifest that was copied into another file *differs*. Of a kind that exiftool changes (GIF, TIFF,
 * PDF) they are not sure to be those from before: other bytes are then *not checked*.
 *
 * Fails as `extractManifest` does, and with KEY_INVALID; what does not match is in the result, not thrown.
 *
 * @example
 * const { ok, bytes } = await verifyFile("clip.mp4");
 * if (!ok) console.log(bytes.verdict, bytes.reason);
 */
export async function verifyFile(media: MediaSource, options: VerifyFileOptions = {}): Promise<FileVerification> {
  checkMedia(media, "verifyFile");
  checkOptions(options, ["mediaType", "keys", "signal"], "verifyFile");
  throwIfAborted(options.signal);
  return withMedia(media, async (source) => {
    const { manifest, handler, ...place } = await findManifest(source, media, options);
    const sha256 = await hashPieces(source, await strippedPieces(source, handler), { signal: options.signal });
    const isExact = !isExiftoolHandler(handler);
    const checks = { ...checkManifest(manifest), bytes: checkBytes(manifest, sha256, { isExact }) };
    const signature = await verifySignature(manifest, { keys: options.keys });
    const isSignatureOk =
      options.keys === undefined ? signature.verdict !== "differs" : signature.verdict === "matches";
    const ok = isSignatureOk && Object.values(checks).every(({ verdict }) => verdict === "matches");
    return { ok, manifest, ...place, ...checks, signature };
  });
}

/** A damaged file that a sidecar describes is compared as it lies. */
async function strippedPieces(source: ByteSource, handler: MediaHandler | undefined): Promise<readonly Piece[]> {
  const whole = [{ kind: "copy", start: 0, end: source.sizeBytes }] as const;
  try {
    return (await handler?.strip(source)) ?? whole;
  } catch (error) {
    if (GenblazeError.isInstance(error) && error.code.startsWith("MEDIA_")) return whole;
    throw error;
  }
}
