import { GenblazeError, type Manifest, type MediaHandler } from "@genblaze/core";
import { createMemorySource } from "./binary/memory-source.js";
import { renderPieces } from "./binary/pieces.js";
import { checkBytes, checkManifestArgument, checkOptions } from "./check-arguments.js";
import { findHandler } from "./find-handler.js";
import { unsupportedReason } from "./sniff/unsupported-reason.js";

export interface ManifestBytesOptions {
  /** Media type, for bytes that do not tell. @default by the bytes */
  readonly mediaType?: string;
}

/**
 * A media file in memory with its manifest inside; no sidecar can help here, so a format that is not supported is
 * MEDIA_UNSUPPORTED. Fails also with MEDIA_MALFORMED, MEDIA_TOO_LARGE, MANIFEST_VERSION_UNSUPPORTED, INVALID_OPTION.
 */
export async function embedManifestBytes(
  bytes: Uint8Array,
  manifest: Manifest,
  options: ManifestBytesOptions = {},
): Promise<Uint8Array> {
  checkBytes(bytes, "embedManifestBytes");
  checkManifestArgument(manifest, "embedManifestBytes");
  checkOptions(options, ["mediaType"], "embedManifestBytes");
  const handler = await handlerOf(bytes, options);
  if (handler === undefined) {
    const reason = await unsupportedReason(createMemorySource(bytes));
    throw new GenblazeError("MEDIA_UNSUPPORTED", `${reason} Store its manifest in a sidecar next to it.`);
  }
  const payload = new TextEncoder().encode(manifest.toCanonicalJson());
  return renderPieces(bytes, await handler.embed(createMemorySource(bytes), payload));
}

/**
 * A media file in memory without its manifest; bytes that carry none are given back. Fails with MEDIA_MALFORMED,
 * MEDIA_UNSUPPORTED, INVALID_OPTION.
 */
export async function stripManifestBytes(bytes: Uint8Array, options: ManifestBytesOptions = {}): Promise<Uint8Array> {
  checkBytes(bytes, "stripManifestBytes");
  checkOptions(options, ["mediaType"], "stripManifestBytes");
  const handler = await handlerOf(bytes, options);
  return handler === undefined ? bytes : renderPieces(bytes, await handler.strip(createMemorySource(bytes)));
}

async function handlerOf(bytes: Uint8Array, options: ManifestBytesOptions): Promise<MediaHandler | undefined> {
  return findHandler(createMemorySource(bytes), { mediaType: options.mediaType });
}
