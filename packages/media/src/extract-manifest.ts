import type { Manifest } from "@genblaze/core";
import { checkMedia, checkOptions } from "./check-arguments.js";
import { findManifest } from "./find-manifest.js";
import { type MediaSource, withMedia } from "./media-source.js";
import { throwIfAborted } from "./throw-if-aborted.js";

export interface ExtractManifestOptions {
  /** Media type, for a file that its bytes do not tell. @default by the bytes, then by the extension */
  readonly mediaType?: string;
  /** Ends the work. */
  readonly signal?: AbortSignal;
}

/**
 * The manifest of a media file: inside it, else in the sidecar next to it. It is not verified: ask its `report()`,
 * or use `verifyFile`.
 *
 * Fails with MANIFEST_NOT_FOUND, MANIFEST_IS_POINTER (a sidecar that only points), MANIFEST_INVALID,
 * MANIFEST_VERSION_UNSUPPORTED, INVALID_JSON, MEDIA_MALFORMED, MEDIA_TOO_LARGE, FILE_NOT_FOUND, INVALID_OPTION,
 * CANCELLED.
 *
 * @example
 * const manifest = await extractManifest("clip.mp4");
 */
export async function extractManifest(media: MediaSource, options: ExtractManifestOptions = {}): Promise<Manifest> {
  checkMedia(media, "extractManifest");
  checkOptions(options, ["mediaType", "signal"], "extractManifest");
  throwIfAborted(options.signal);
  return withMedia(media, async (source) => (await findManifest(source, media, options)).manifest);
}
