import type { ByteSource, Piece } from "@genblaze/core";
import { createPieceSource } from "./binary/piece-source.js";
import { composePieces, type Edit, piecesFromEdits } from "./binary/pieces.js";

/**
 * Embeds in the file as it is without anything of ours. So `embed(x)` depends on `strip(x)` alone, and replacing a
 * manifest, embedding twice and the law `strip(embed(x)) == strip(x)` need no case of their own.
 */
export async function embedInClean(
  source: ByteSource,
  strip: (source: ByteSource) => Promise<readonly Piece[]>,
  plan: (clean: ByteSource) => Promise<readonly Edit[]>,
): Promise<readonly Piece[]> {
  const stripped = await strip(source);
  const clean = createPieceSource(source, stripped);
  return composePieces(piecesFromEdits(clean.sizeBytes, await plan(clean)), stripped);
}
