import { type PiecesFile, writePieces } from "./binary/write-pieces.js";
import { isTailEdit } from "./in-place/tail-edit.js";
import { writeInPlace } from "./in-place/write-in-place.js";

export interface WriteMediaOptions {
  /** Files to write together with the media file, before it. */
  readonly companions?: readonly PiecesFile[];
  /** Whether the media file may be changed where it lies; it is then its own source. */
  readonly inPlace: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Writes a media file: its end alone where that is wanted and enough, else a copy that takes its place. */
export async function writeMedia(media: PiecesFile, options: WriteMediaOptions): Promise<void> {
  const { companions = [], inPlace, signal } = options;
  const { target, source, pieces } = media;
  if (!inPlace || !isTailEdit(pieces, source.sizeBytes)) return writePieces([...companions, media], { signal });
  await writePieces(companions, { signal });
  await writeInPlace(target, pieces, source.sizeBytes, { signal });
}
