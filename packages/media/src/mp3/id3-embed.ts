import type { ByteSource } from "@genblaze/core";
import { createPieceSource } from "../binary/piece-source.js";
import { type Edit, piecesFromEdits } from "../binary/pieces.js";
import { malformedMedia } from "../malformed-media.js";
import { buildManifestFrame } from "./id3-build-frame.js";
import { unsupportedId3 } from "./id3-header.js";
import { assertId3Size } from "./id3-size-limit.js";
import { planId3Strip, withId3Size } from "./id3-strip.js";
import type { Id3Tag } from "./id3-tag.js";
import { MAX_SYNCHSAFE } from "./synchsafe.js";

/** The changes that put a manifest in front of all frames of a tag without one. No other byte of it changes. */
export async function planId3Embed(clean: ByteSource, tag: Id3Tag, payload: Uint8Array): Promise<readonly Edit[]> {
  if (tag.hasChecksum) throw unsupportedId3("a checksum over its frames");
  const { header, body, sizing } = tag;
  const { major, isUnsynchronised } = header;
  const frame = buildManifestFrame(payload, { major, isUnsynchronised, sizing });
  assertId3Size(header.bodyBytes + frame.length, MAX_SYNCHSAFE);
  const [start = 0] = body.toFileOffsets([tag.framesStart]);
  const edits = withId3Size(header, header.bodyBytes + frame.length, [{ start, end: start, replacement: [frame] }]);
  await assertUndone(clean, edits, { start, end: start + frame.length });
  return edits;
}

/**
 * A damaged tag could read differently with our frame in it, as sizes and unsynchronisation are partly guessed. So
 * the result is read again: stripping must take out this frame and nothing else.
 */
async function assertUndone(clean: ByteSource, edits: readonly Edit[], frame: Edit): Promise<void> {
  const embedded = createPieceSource(clean, piecesFromEdits(clean.sizeBytes, edits));
  const [sizeEdit, removal] = await planId3Strip(embedded);
  const isUndone =
    sizeEdit?.replacement !== undefined &&
    removal?.start === frame.start &&
    removal.end === frame.end &&
    removal.replacement === undefined;
  if (!isUndone) throw malformedMedia("The ID3 tag is damaged, a manifest in it could not be taken out again.");
}
