import { type ByteSource, GenblazeError } from "@genblaze/core";
import { createPieceSource } from "../binary/piece-source.js";
import { type Edit, piecesFromEdits } from "../binary/pieces.js";
import { findXmpManifest } from "./find-xmp-manifest.js";
import { createSearchableSource } from "./searchable-source.js";

/**
 * Throws MEDIA_MALFORMED unless readers of the edited file find the manifest whose text begins at `textStart`. They
 * search raw bytes, so what looks like XMP in an Exif segment, a preview or a comment can hide what comes after it.
 */
export async function assertFoundFirst(
  clean: ByteSource,
  edits: readonly Edit[],
  textStart: number,
  container: string,
): Promise<void> {
  const edited = createPieceSource(clean, piecesFromEdits(clean.sizeBytes, edits));
  const found = await findXmpManifest(createSearchableSource(edited));
  if (found?.start === textStart) return;
  const message = `Other XMP text in this ${container} file would hide a manifest from those who search for it.`;
  throw new GenblazeError("MEDIA_MALFORMED", `${message} Put the manifest into a sidecar.`);
}
