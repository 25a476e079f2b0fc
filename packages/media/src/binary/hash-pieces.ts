import { createHash } from "node:crypto";
import type { ByteSource, Piece } from "@genblaze/core";
import { type StreamPiecesOptions, streamPieces } from "./stream-pieces.js";

/** The SHA-256 of the bytes that pieces give, in lower-case hex; nothing is written. */
export async function hashPieces(
  source: ByteSource,
  pieces: readonly Piece[],
  options: StreamPiecesOptions = {},
): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of streamPieces(source, pieces, options)) hash.update(chunk);
  return hash.digest("hex");
}
