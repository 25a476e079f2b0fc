import { realpath } from "node:fs/promises";
import { type ByteSource, GenblazeError, type Manifest, type MediaHandler, type Piece } from "@genblaze/core";
import { type EmbedPolicy, toEmbedJson } from "@genblaze/core/manifest";
import { sidecarPathOf } from "@genblaze/core/verify";
import type { FileSource } from "./binary/file-source.js";
import { hashPieces } from "./binary/hash-pieces.js";
import { isUnchanged } from "./binary/pieces.js";
import { writePieces } from "./binary/write-pieces.js";
import { checkManifestArgument, checkMedia, checkOptions, checkPolicy } from "./check-arguments.js";
import { findHandler } from "./find-handler.js";
import { type MediaSource, withMedia } from "./media-source.js";
import { assertPayloadFits } from "./payload-limit.js";
import { sidecarFile } from "./sidecar.js";
import { unsupportedReason } from "./sniff/unsupported-reason.js";
import { throwIfAborted } from "./throw-if-aborted.js";
import { writeMedia } from "./write-media.js";

export interface EmbedManifestOptions {
  /** Where the file with the manifest goes; the input is then left alone. @default the input file itself */
  readonly output?: string;
  /** What is written: the manifest, a pointer to it in a sidecar, or nothing. @default the full manifest */
  readonly policy?: EmbedPolicy;
  /** Media type, for a file that its bytes do not tell. @default by the bytes, then by the extension */
  readonly mediaType?: string;
  /**
   * Whether only the end of the file is written where that is enough (MP4 and MOV), instead of a copy that then takes
   * its place. Faster on large files; other hard links see the change. A crash leaves an undo file for
   * `recoverInPlace`. No effect with `output`, and where more than the end changes.
   * @default false
   */
  readonly inPlace?: boolean;
  /** Whether to hash the written file, which reads it once more. @default false */
  readonly sha256?: boolean;
  /** Ends the work; nothing half-written is left. */
  readonly signal?: AbortSignal;
}

/** Where the manifest went. */
export type EmbedManifestResult = (
  | { readonly method: "embedded" }
  | { readonly method: "sidecar"; readonly sidecarPath: string; readonly reason: string }
  | { readonly method: "none"; readonly reason: string }
) & {
  /** The media file. */
  readonly path: string;
  /** SHA-256 of the media file as written, when asked for. */
  readonly sha256?: string;
};

type EmbedPlan =
  | { readonly method: "embedded"; readonly pieces: readonly Piece[] }
  | { readonly method: "sidecar" | "none"; readonly pieces: readonly Piece[]; readonly reason: string };

/** A handler that fails with one of these leaves the manifest to a sidecar; the file itself is copied as it is. */
const SIDECAR_CODES: ReadonlySet<string> = new Set(["MEDIA_MALFORMED", "MEDIA_TOO_LARGE", "MEDIA_UNSUPPORTED"]);

/**
 * Writes a media file with its manifest inside, replacing any manifest that it carries; no audio, video or pixel is
 * touched. When the format is not supported, or the file is damaged or too large, the manifest goes into a sidecar
 * next to it. File and sidecar are written whole, or nothing is changed.
 *
 * Fails with FILE_NOT_FOUND, FILE_WRITE_FAILED, INVALID_OPTION, MEDIA_TOO_LARGE (a manifest over 16 MiB),
 * POLICY_REFUSED, MANIFEST_VERSION_UNSUPPORTED, CANCELLED.
 *
 * @example
 * const { method } = await embedManifest("clip.mp4", manifest, { output: "clip.signed.mp4" });
 */
export async function embedManifest(
  media: MediaSource,
  manifest: Manifest,
  options: EmbedManifestOptions = {},
): Promise<EmbedManifestResult> {
  checkEmbedArguments(media, manifest, options);
  const payload = new TextEncoder().encode(toEmbedJson(manifest, options.policy));
  assertPayloadFits(payload.length);
  throwIfAborted(options.signal);
  return withMedia(media, async (source) => {
    const path = await outputPath(media, options.output);
    const { mediaType, signal } = options;
    const hints = { mediaType, path: typeof media === "string" ? media : path, signal };
    const plan = await planFor(source, await findHandler(source, hints), payload, options.policy);
    // Before the file is written, so that a hash that fails or is cancelled leaves everything as it was.
    const hash = options.sha256 === true ? { sha256: await hashOf(source, plan, options) } : {};
    const isWritten = options.output !== undefined || !isUnchanged(plan.pieces, source.sizeBytes);
    // The sidecar first: should the process die between the two, a file whose old manifest is out has its new one.
    const companions = plan.method === "sidecar" ? [sidecarFile(path, payload)] : [];
    const inPlace = options.inPlace === true && options.output === undefined;
    if (isWritten) await writeMedia({ target: path, source, pieces: plan.pieces }, { companions, inPlace, signal });
    else await writePieces(companions, { signal });
    if (plan.method === "embedded") return { method: "embedded", path, ...hash };
    if (plan.method === "none") return { method: "none", reason: plan.reason, path, ...hash };
    return { method: "sidecar", sidecarPath: sidecarPathOf(path), reason: plan.reason, path, ...hash };
  });
}

function checkEmbedArguments(media: MediaSource, manifest: Manifest, options: EmbedManifestOptions): void {
  checkMedia(media, "embedManifest");
  checkManifestArgument(manifest, "embedManifest");
  checkOptions(options, ["output", "policy", "mediaType", "inPlace", "sha256", "signal"], "embedManifest");
  checkPolicy(options.policy, "embedManifest");
}

/** A link stays a link: what it leads to is replaced. */
async function outputPath(media: MediaSource, output: string | undefined): Promise<string> {
  if (output !== undefined) return output;
  if (typeof media === "string") return realpath(media);
  throw new GenblazeError(
    "INVALID_OPTION",
    'embedManifest: bytes need option "output", the path of the file to write.',
  );
}

async function planFor(
  source: ByteSource | FileSource,
  handler: MediaHandler | undefined,
  payload: Uint8Array,
  policy: EmbedPolicy | undefined,
): Promise<EmbedPlan> {
  const mode = policy?.embedMode ?? "full";
  if (mode !== "full") {
    const pieces = await strippedPieces(source, handler);
    return mode === "none"
      ? { method: "none", pieces, reason: 'The policy says embedMode "none".' }
      : { method: "sidecar", pieces, reason: 'The policy says embedMode "pointer".' };
  }
  if (handler === undefined) {
    return { method: "sidecar", pieces: wholeFile(source), reason: await unsupportedReason(source) };
  }
  try {
    return { method: "embedded", pieces: await handler.embed(source, payload) };
  } catch (error) {
    if (!GenblazeError.isInstance(error) || !SIDECAR_CODES.has(error.code)) throw error;
    return { method: "sidecar", pieces: await strippedPieces(source, handler), reason: error.message };
  }
}

/** An old manifest inside would be found before the new sidecar, so it goes; a file that cannot be read stays. */
async function strippedPieces(source: ByteSource, handler: MediaHandler | undefined): Promise<readonly Piece[]> {
  try {
    return (await handler?.strip(source)) ?? wholeFile(source);
  } catch (error) {
    if (!GenblazeError.isInstance(error) || !SIDECAR_CODES.has(error.code)) throw error;
    return wholeFile(source);
  }
}

function wholeFile(source: ByteSource): readonly Piece[] {
  return [{ kind: "copy", start: 0, end: source.sizeBytes }];
}

async function hashOf(source: ByteSource, plan: EmbedPlan, { signal }: EmbedManifestOptions): Promise<string> {
  return hashPieces(source, plan.pieces, { signal });
}
