import type { ByteSource, GenblazeError } from "@genblaze/core";
import { hasBytesAt } from "../binary/bytes.js";
import { fourCharacters, latin1, uint32be } from "../binary/fields.js";
import { MAX_PARTS } from "../limits.js";
import { malformedMedia } from "../malformed-media.js";

/** One chunk: length, type, body, CRC (PNG 3, section 5.3). */
export interface PngChunk {
  readonly type: string;
  readonly start: number;
  readonly bodyStart: number;
  readonly bodyLength: number;
  /** Where the next chunk begins. */
  readonly end: number;
}

/** PNG 3, section 5.2. */
const SIGNATURE = latin1("\x89PNG\r\n\x1a\n");
/** Length and type. */
const HEADER_BYTES = 8;
/** Length, type and CRC. */
const FRAME_BYTES = 12;
/** PNG 3, section 5.3: a length must not exceed 2^31 - 1. */
const MAX_CHUNK_LENGTH = 0x7fff_ffff;

/** Whether the bytes begin as a PNG file. */
export function isPng(head: Uint8Array): boolean {
  return hasBytesAt(head, 0, SIGNATURE);
}

/**
 * The chunks in order. Whole chunks after IEND are given too, as the Python library reads them; bytes after IEND
 * that are no whole chunk end the walk. Before IEND they are damage: MEDIA_MALFORMED.
 */
export async function* walkPngChunks(source: ByteSource): AsyncGenerator<PngChunk> {
  if (!isPng(await source.read(0, Math.min(source.sizeBytes, SIGNATURE.length)))) {
    throw malformed("it does not begin with the PNG signature");
  }
  let start = SIGNATURE.length;
  let isEnded = false;
  for (let count = 0; start < source.sizeBytes; count += 1) {
    if (count >= MAX_PARTS) throw malformed(`it has more than ${MAX_PARTS} chunks`);
    const chunk = await readChunk(source, start);
    if (chunk === undefined) {
      if (isEnded) return;
      throw malformed(`the chunk at byte ${start} ${await problemOf(source, start)}`);
    }
    yield chunk;
    isEnded ||= chunk.type === "IEND";
    start = chunk.end;
  }
  if (!isEnded) throw malformed("it has no IEND chunk");
}

async function readChunk(source: ByteSource, start: number): Promise<PngChunk | undefined> {
  if (source.sizeBytes - start < FRAME_BYTES) return undefined;
  const header = await source.read(start, HEADER_BYTES);
  const bodyLength = uint32be.read(header, 0);
  const end = start + FRAME_BYTES + bodyLength;
  if (bodyLength > MAX_CHUNK_LENGTH || end > source.sizeBytes) return undefined;
  return { type: fourCharacters.read(header, 4), start, bodyStart: start + HEADER_BYTES, bodyLength, end };
}

/** What is wrong with a chunk that is not whole; no cut explains a length that no chunk can have. */
async function problemOf(source: ByteSource, start: number): Promise<string> {
  const length = source.sizeBytes - start < HEADER_BYTES ? 0 : uint32be.read(await source.read(start, HEADER_BYTES), 0);
  return length > MAX_CHUNK_LENGTH ? "is damaged, its length is impossible" : "is truncated";
}

function malformed(reason: string): GenblazeError {
  return malformedMedia(`This is no whole PNG file: ${reason}.`);
}
