import type { ByteSource } from "@genblaze/core";
import { malformedMedia } from "../malformed-media.js";
import { readId3Header } from "../mp3/id3-header.js";
import { type FlacBlock, readFlacBlocks, VORBIS_COMMENT } from "./flac-blocks.js";
import { readVorbisComments, type VorbisComments } from "./vorbis-comments.js";

/** What embedding and stripping need to know of a file. */
export interface FlacLayout {
  /** All metadata blocks; STREAMINFO is the first. */
  readonly blocks: readonly FlacBlock[];
  /** The blocks with comments: one, as the format has it, or none. */
  readonly comments: readonly VorbisComments[];
}

/** RFC 9639, section 8.6 allows one. Some writers add a second; each is read whole, so there must be an end. */
const MAX_COMMENT_BLOCKS = 4;

/** Reads the layout of a file; an ID3 tag may stand before the stream. */
export async function readFlacLayout(source: ByteSource): Promise<FlacLayout> {
  const tag = await readId3Header(source);
  const blocks = await readFlacBlocks(source, tag?.end ?? 0);
  const commentBlocks = blocks.filter((block) => block.type === VORBIS_COMMENT);
  if (commentBlocks.length > MAX_COMMENT_BLOCKS) {
    throw malformedMedia(`This FLAC file has ${commentBlocks.length} VORBIS_COMMENT blocks, it may have one.`);
  }
  const comments: VorbisComments[] = [];
  for (const block of commentBlocks) comments.push(await readVorbisComments(source, block));
  return { blocks, comments };
}
