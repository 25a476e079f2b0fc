import type { ByteSource, GenblazeError } from "@genblaze/core";
import { hasBytesAt } from "../binary/bytes.js";
import { latin1, uint32be } from "../binary/fields.js";
import { malformedMedia } from "../malformed-media.js";

/** One metadata block: a flag for the last one, type, length, body (RFC 9639, section 8.1). */
export interface FlacBlock {
  readonly type: number;
  readonly isLast: boolean;
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;
}

export const STREAM_INFO = 0;
export const VORBIS_COMMENT = 4;
/** In the byte of the type. */
export const LAST_BLOCK = 0x80;
/** Flag, type and length. */
const BLOCK_HEADER_BYTES = 4;
/** The length has 24 bits. */
export const MAX_BLOCK_BYTES = 0x00ff_ffff;

const SIGNATURE = latin1("fLaC");
/** RFC 9639, section 8.1: 127 would look like the audio. */
const FORBIDDEN_TYPE = 127;
/** Real files have a dozen. */
const MAX_BLOCKS = 10_000;

/** Whether FLAC begins at `offset`. */
export function isFlacAt(bytes: Uint8Array, offset: number): boolean {
  return hasBytesAt(bytes, offset, SIGNATURE);
}

/** Whether FLAC begins at `offset` of a file. */
export async function hasFlacAt(source: ByteSource, offset: number): Promise<boolean> {
  if (source.sizeBytes - offset < SIGNATURE.length) return false;
  return isFlacAt(await source.read(offset, SIGNATURE.length), 0);
}

/** The metadata blocks of the FLAC stream that begins at `start`. MEDIA_MALFORMED unless all are whole. */
export async function readFlacBlocks(source: ByteSource, start: number): Promise<readonly FlacBlock[]> {
  if (!(await hasFlacAt(source, start))) throw malformed("it does not begin with fLaC");
  const blocks: FlacBlock[] = [];
  let position = start + SIGNATURE.length;
  for (;;) {
    const block = await readBlock(source, position);
    if (blocks.length === 0 && block.type !== STREAM_INFO) throw malformed("its first block is not STREAMINFO");
    if (blocks.length === MAX_BLOCKS) throw malformed(`it has more than ${MAX_BLOCKS} metadata blocks`);
    blocks.push(block);
    if (block.isLast) return blocks;
    position = block.end;
  }
}

async function readBlock(source: ByteSource, start: number): Promise<FlacBlock> {
  const bodyStart = start + BLOCK_HEADER_BYTES;
  if (bodyStart > source.sizeBytes) throw malformed(`the block at byte ${start} is truncated`);
  const header = uint32be.read(await source.read(start, BLOCK_HEADER_BYTES), 0);
  const type = (header >>> 24) & ~LAST_BLOCK;
  const end = bodyStart + (header & MAX_BLOCK_BYTES);
  if (type === FORBIDDEN_TYPE) throw malformed(`the block at byte ${start} has the forbidden type 127`);
  if (end > source.sizeBytes) throw malformed(`the block at byte ${start} is truncated`);
  return { type, isLast: header >>> 31 === 1, start, bodyStart, end };
}

function malformed(reason: string): GenblazeError {
  return malformedMedia(`This is no whole FLAC file: ${reason}.`);
}
