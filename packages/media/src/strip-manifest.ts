import { realpath } from "node:fs/promises";
import { isUnchanged } from "./binary/pieces.js";
import { checkOptions, checkPath } from "./check-arguments.js";
import { findHandler } from "./find-handler.js";
import { withMedia } from "./media-source.js";
import { throwIfAborted } from "./throw-if-aborted.js";
import { writeMedia } from "./write-media.js";

export interface StripManifestOptions {
  /** Where the file without the manifest goes; the input is then left alone. @default the input file itself */
  readonly output?: string;
  /** Whether only the end of the file is written where that is enough; as of `embedManifest`. @default false */
  readonly inPlace?: boolean;
  /** Media type, for a file that its bytes do not tell. @default by the bytes, then by the extension */
  readonly mediaType?: string;
  /** Ends the work; nothing half-written is left. */
  readonly signal?: AbortSignal;
}

export interface StripManifestResult {
  readonly path: string;
  /** Whether something of ours was in the file. */
  readonly isChanged: boolean;
}

/**
 * Writes a media file without its manifest: byte for byte the file that the manifest was embedded in, but for kinds
 * that exiftool changes (TIFF; not always PDF). A file that carries none, or of a kind that cannot, is copied as it
 * is. A sidecar is left alone.
 *
 * Fails with FILE_NOT_FOUND, FILE_WRITE_FAILED, MEDIA_MALFORMED, MEDIA_UNSUPPORTED, INVALID_OPTION, CANCELLED.
 */
export async function stripManifest(file: string, options: StripManifestOptions = {}): Promise<StripManifestResult> {
  checkPath(file, "stripManifest");
  checkOptions(options, ["output", "mediaType", "inPlace", "signal"], "stripManifest");
  throwIfAborted(options.signal);
  return withMedia(file, async (source) => {
    const path = options.output ?? (await realpath(file));
    const handler = await findHandler(source, { mediaType: options.mediaType, path: file, signal: options.signal });
    const pieces = (await handler?.strip(source)) ?? [{ kind: "copy" as const, start: 0, end: source.sizeBytes }];
    const isChanged = !isUnchanged(pieces, source.sizeBytes);
    if (isChanged || options.output !== undefined) {
      const inPlace = options.inPlace === true && options.output === undefined;
      await writeMedia({ target: path, source, pieces }, { inPlace, signal: options.signal });
    }
    return { path, isChanged };
  });
}
