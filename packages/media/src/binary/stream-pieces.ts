import type { ByteSource, Piece } from "@genblaze/core";
import { throwIfAborted } from "../throw-if-aborted.js";
import type { FileSource } from "./file-source.js";

/** Bytes per step. Measured on 100 MB: 64 KiB is a quarter slower, 4 MiB is no faster and takes 10 MiB more. */
const CHUNK_BYTES = 512 * 1024;

export interface StreamPiecesOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The bytes that pieces give, in chunks. A chunk is valid until the next one is asked for: a file is read through one
 * buffer, so that memory does not grow with it.
 */
export async function* streamPieces(
  source: ByteSource | FileSource,
  pieces: readonly Piece[],
  options: StreamPiecesOptions = {},
): AsyncGenerator<Uint8Array> {
  const readChunk = createChunkReader(source);
  for (const piece of pieces) {
    throwIfAborted(options.signal);
    if (piece.kind === "bytes") {
      yield piece.bytes;
      continue;
    }
    for (let position = piece.start; position < piece.end; position += CHUNK_BYTES) {
      throwIfAborted(options.signal);
      yield await readChunk(position, Math.min(CHUNK_BYTES, piece.end - position));
    }
  }
}

function createChunkReader(source: ByteSource | FileSource): (start: number, length: number) => Promise<Uint8Array> {
  if (!("readInto" in source)) return (start, length) => source.read(start, length);
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, source.sizeBytes));
  return async (start, length) => {
    const chunk = buffer.subarray(0, length);
    await source.readInto(chunk, start);
    return chunk;
  };
}
