import { GenblazeError } from "@genblaze/core";
import { uint32le } from "../binary/fields.js";
import type { Edit } from "../binary/pieces.js";
import { malformedMedia } from "../malformed-media.js";
import { MAX_BLOCK_BYTES, STREAM_INFO } from "./flac-blocks.js";
import { blockLengthEdit, blockTypeEdit } from "./flac-edits.js";
import type { FlacLayout } from "./flac-layout.js";
import { buildCommentBlock, buildCommentBody, buildManifestComment } from "./flac-manifest-comment.js";
import type { VorbisComments } from "./vorbis-comments.js";

/** The changes that embed a manifest in a file without one: behind the comments that are there, else in a new block. */
export function planFlacEmbed(layout: FlacLayout, payload: Uint8Array): readonly Edit[] {
  const comment = buildManifestComment(payload);
  const [comments] = layout.comments;
  return comments === undefined ? newBlockEdits(layout, comment) : addedCommentEdits(comments, comment);
}

function addedCommentEdits({ block, countStart, count, end }: VorbisComments, comment: Uint8Array): readonly Edit[] {
  const length = block.end - block.bodyStart + comment.length;
  assertBlockFits(length);
  return [
    blockLengthEdit(block, length),
    { start: countStart, end: countStart + uint32le.length, replacement: [uint32le.write(count + 1)] },
    { start: end, end, replacement: [comment] },
  ];
}

/** Directly behind STREAMINFO, which has to be the first block. */
function newBlockEdits({ blocks: [streamInfo] }: FlacLayout, comment: Uint8Array): readonly Edit[] {
  if (streamInfo === undefined) throw malformedMedia("This is no whole FLAC file: it has no STREAMINFO block.");
  const body = buildCommentBody(comment);
  assertBlockFits(body.length);
  const block = buildCommentBlock(body, streamInfo.isLast);
  const insertion = { start: streamInfo.end, end: streamInfo.end, replacement: [block] };
  return streamInfo.isLast ? [blockTypeEdit(streamInfo, STREAM_INFO), insertion] : [insertion];
}

function assertBlockFits(sizeBytes: number): void {
  if (sizeBytes <= MAX_BLOCK_BYTES) return;
  throw new GenblazeError(
    "MEDIA_TOO_LARGE",
    `The comments of a FLAC file cannot take ${sizeBytes} bytes, the limit is ${MAX_BLOCK_BYTES}. Put the manifest into a sidecar.`,
    { details: { sizeBytes, limitBytes: MAX_BLOCK_BYTES } },
  );
}
