import type { ByteSource, Piece } from "@genblaze/core";
import { concatBytes } from "./bytes.js";
import { assertInside } from "./memory-source.js";
import { lastAtOrBefore, pieceLength, startsOf, totalLength } from "./pieces.js";

/** What the pieces give, as a source of its own; nothing is copied before it is read. */
export function createPieceSource(source: ByteSource, pieces: readonly Piece[]): ByteSource {
  const sizeBytes = totalLength(pieces);
  const starts = startsOf(pieces);

  return {
    sizeBytes,
    async read(offset, length) {
      assertInside(offset, length, sizeBytes);
      const parts: Uint8Array[] = [];
      let position = offset;
      for (let index = lastAtOrBefore(starts, offset); position < offset + length; index += 1) {
        const piece = pieces[index];
        if (piece === undefined) break;
        const from = position - (starts[index] ?? 0);
        const to = Math.min(pieceLength(piece), from + offset + length - position);
        parts.push(await readPart(source, piece, from, to));
        position += to - from;
      }
      const [only] = parts;
      return parts.length === 1 && only !== undefined ? only : concatBytes(parts);
    },
  };
}

async function readPart(source: ByteSource, piece: Piece, from: number, to: number): Promise<Uint8Array> {
  return piece.kind === "bytes" ? piece.bytes.subarray(from, to) : source.read(piece.start + from, to - from);
}
