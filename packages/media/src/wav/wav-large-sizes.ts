import type { ByteSource } from "@genblaze/core";
import { fourCharacters, MAX_UINT32, uint32le, uint64le } from "../binary/fields.js";
import { CHUNK_HEADER_BYTES, type RiffChunk, readRiffChunk } from "./wav-chunks.js";

/** The sizes that a 64-bit WAV file keeps apart (EBU Tech 3306, chunk ds64). */
export interface WavLargeSizes {
  readonly riffSize: number;
  readonly dataSize: number;
  /** The first size of each other chunk that has one. */
  readonly chunkSizes: ReadonlyMap<string, number>;
}

/** Where the RIFF size stands in a ds64 chunk. */
export const LARGE_RIFF_SIZE_OFFSET = CHUNK_HEADER_BYTES;
/** RIFF size, data size, sample count, table length. */
const FIXED_BYTES = 3 * uint64le.length + uint32le.length;
/** Id and size. */
const ENTRY_BYTES = fourCharacters.length + uint64le.length;
/** Only chunks over 4 GiB need an entry. */
const MAX_ENTRIES = 1000;

/** The sizes in the ds64 chunk at `start`; undefined when there is no whole one. */
export async function readLargeSizes(source: ByteSource, start: number): Promise<WavLargeSizes | undefined> {
  const chunk = await readRiffChunk(source, start, source.sizeBytes);
  if (chunk?.id !== "ds64" || chunk.size < FIXED_BYTES || chunk.bodyEnd > source.sizeBytes) return undefined;
  const fixed = await source.read(chunk.bodyStart, FIXED_BYTES);
  const count = uint32le.read(fixed, 3 * uint64le.length);
  if (count > MAX_ENTRIES || FIXED_BYTES + count * ENTRY_BYTES > chunk.size) return undefined;
  const table = await source.read(chunk.bodyStart + FIXED_BYTES, count * ENTRY_BYTES);
  const chunkSizes = new Map<string, number>();
  for (let offset = 0; offset < table.length; offset += ENTRY_BYTES) {
    const id = fourCharacters.read(table, offset);
    if (!chunkSizes.has(id)) chunkSizes.set(id, uint64le.read(table, offset + fourCharacters.length));
  }
  return { riffSize: uint64le.read(fixed, 0), dataSize: uint64le.read(fixed, uint64le.length), chunkSizes };
}

/** A chunk with its true size: where its own size field says -1, the ds64 chunk knows it. */
export function withLargeSize(chunk: RiffChunk, sizes: WavLargeSizes | undefined): RiffChunk {
  if (sizes === undefined || chunk.size !== MAX_UINT32) return chunk;
  const size = chunk.id === "data" ? sizes.dataSize : sizes.chunkSizes.get(chunk.id);
  return size === undefined ? chunk : { ...chunk, size, bodyEnd: chunk.bodyStart + size };
}
