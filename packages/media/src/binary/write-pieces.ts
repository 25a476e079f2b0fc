import { constants, copyFile } from "node:fs/promises";
import type { ByteSource, Piece } from "@genblaze/core";
import { throwIfAborted } from "../throw-if-aborted.js";
import type { FileSource } from "./file-source.js";
import { pieceLength, totalLength } from "./pieces.js";
import { type Replacement, replaceFiles, type TemporaryFile } from "./replace-files.js";
import { streamPieces } from "./stream-pieces.js";

export interface WritePiecesOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A file to write: what pieces of a source give. It gets the permissions of the source. */
export interface PiecesFile {
  readonly target: string;
  readonly source: ByteSource | FileSource;
  readonly pieces: readonly Piece[];
}

/** Writes the files together, the last one last; see {@link replaceFiles}. */
export async function writePieces(files: readonly PiecesFile[], options: WritePiecesOptions = {}): Promise<void> {
  await replaceFiles(files.map((file) => toReplacement(file, options)));
}

function toReplacement({ target, source, pieces }: PiecesFile, options: WritePiecesOptions): Replacement {
  return {
    target,
    mode: "mode" in source ? source.mode : undefined,
    async write(temporary) {
      throwIfAborted(options.signal);
      const isPatch = "path" in source && keepsPositions(pieces) && (await source.isStillAt(source.path));
      if (isPatch) await copyAndPatch(temporary, source.path, pieces);
      else await writeInOrder(temporary, source, pieces, options);
      throwIfAborted(options.signal);
    },
  };
}

/** Whether every copied range stays where it was, so that the system can copy the file by itself. */
function keepsPositions(pieces: readonly Piece[]): boolean {
  let position = 0;
  return pieces.every((piece) => {
    const isInPlace = piece.kind === "bytes" || piece.start === position;
    position += pieceLength(piece);
    return isInPlace;
  });
}

/** Copies inside the kernel, or shares the blocks where the file system can, then writes only what is new. */
async function copyAndPatch(temporary: TemporaryFile, path: string, pieces: readonly Piece[]): Promise<void> {
  await copyFile(path, temporary.path, constants.COPYFILE_FICLONE);
  let position = 0;
  for (const piece of pieces) {
    if (piece.kind === "bytes") await writeAll(temporary, piece.bytes, position);
    position += pieceLength(piece);
  }
  await temporary.handle.truncate(totalLength(pieces));
}

async function writeInOrder(
  temporary: TemporaryFile,
  source: ByteSource,
  pieces: readonly Piece[],
  options: WritePiecesOptions,
): Promise<void> {
  let position = 0;
  for await (const chunk of streamPieces(source, pieces, options)) {
    await writeAll(temporary, chunk, position);
    position += chunk.length;
  }
}

/** One write can take less than it is given. */
async function writeAll(temporary: TemporaryFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const left = bytes.length - written;
    const { bytesWritten } = await temporary.handle.write(bytes, written, left, position + written);
    written += bytesWritten;
  }
}
