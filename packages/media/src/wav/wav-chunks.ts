import type { ByteSource } from "@genblaze/core";
import { fourCharacters, uint32le } from "../binary/fields.js";

/** One RIFF chunk or sub-chunk: id, size, body, and a pad byte after an odd size (RIFF specification, chapter 2). */
export interface RiffChunk {
  readonly id: string;
  readonly start: number;
  readonly bodyStart: number;
  /** The size field, which may promise more than there is. */
  readonly size: number;
  readonly bodyEnd: number;
}

/** Id and size. */
export const CHUNK_HEADER_BYTES = 8;

/** The chunk that begins at `start`, or undefined when its header reaches past `limit`. */
export async function readRiffChunk(source: ByteSource, start: number, limit: number): Promise<RiffChunk | undefined> {
  if (limit - start < CHUNK_HEADER_BYTES) return undefined;
  const header = await source.read(start, CHUNK_HEADER_BYTES);
  const size = uint32le.read(header, 4);
  const bodyStart = start + CHUNK_HEADER_BYTES;
  return { id: fourCharacters.read(header, 0), start, bodyStart, size, bodyEnd: bodyStart + size };
}

/** Where the next chunk begins: after the pad byte, unless the file or the list ends without it. */
export function endOfChunk(chunk: RiffChunk, limit: number): number {
  return Math.min(chunk.bodyEnd + (chunk.size % 2), limit);
}
