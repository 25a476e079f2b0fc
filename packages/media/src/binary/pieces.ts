import type { Piece } from "@genblaze/core";
import { concatBytes } from "./bytes.js";

/** One change of a file: the bytes from `start` to `end` give way to `replacement`. An insertion has `start === end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  /** @default [] the range is removed */
  readonly replacement?: readonly Uint8Array[];
}

/** A file of `sizeBytes` with all edits applied, as pieces. The edits do not overlap and are in order. */
export function piecesFromEdits(sizeBytes: number, edits: readonly Edit[]): Piece[] {
  const pieces: Piece[] = [];
  let position = 0;
  for (const edit of edits) {
    pushPiece(pieces, { kind: "copy", start: position, end: edit.start });
    for (const bytes of edit.replacement ?? []) pushPiece(pieces, { kind: "bytes", bytes });
    position = edit.end;
  }
  pushPiece(pieces, { kind: "copy", start: position, end: sizeBytes });
  return pieces;
}

/** How many bytes a piece gives. */
export function pieceLength(piece: Piece): number {
  return piece.kind === "copy" ? piece.end - piece.start : piece.bytes.length;
}

/** How many bytes the pieces give together. */
export function totalLength(pieces: readonly Piece[]): number {
  return pieces.reduce((length, piece) => length + pieceLength(piece), 0);
}

/** The pieces of the bytes from `start` to `end` of what `pieces` give; `starts` are theirs, when known. */
export function slicePieces(
  pieces: readonly Piece[],
  start: number,
  end: number,
  starts: readonly number[] = startsOf(pieces),
): Piece[] {
  const sliced: Piece[] = [];
  for (let index = lastAtOrBefore(starts, start); index < pieces.length; index += 1) {
    const [piece, position] = [pieces[index], starts[index] ?? 0];
    if (piece === undefined || position >= end) break;
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, pieceLength(piece));
    if (from < to) pushPiece(sliced, partOf(piece, from, to));
  }
  return sliced;
}

/** `outer` describes changes to what `inner` gives; the result describes both changes to the source of `inner`. */
export function composePieces(outer: readonly Piece[], inner: readonly Piece[]): Piece[] {
  // Known once: both can have very many pieces.
  const starts = startsOf(inner);
  const composed: Piece[] = [];
  for (const piece of outer) {
    const parts = piece.kind === "copy" ? slicePieces(inner, piece.start, piece.end, starts) : [piece];
    for (const part of parts) pushPiece(composed, part);
  }
  return composed;
}

/** Where each piece begins in what the pieces give. */
export function startsOf(pieces: readonly Piece[]): readonly number[] {
  let position = 0;
  return pieces.map((piece) => {
    const start = position;
    position += pieceLength(piece);
    return start;
  });
}

/** The index of the last start that is not after `offset`, by halving: a hostile file can have many pieces. */
export function lastAtOrBefore(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low;
}

/** What pieces of bytes in memory give. */
export function renderPieces(bytes: Uint8Array, pieces: readonly Piece[]): Uint8Array {
  return concatBytes(
    pieces.map((piece) => (piece.kind === "copy" ? bytes.subarray(piece.start, piece.end) : piece.bytes)),
  );
}

/** Whether the pieces give the source itself. */
export function isUnchanged(pieces: readonly Piece[], sizeBytes: number): boolean {
  const [first, ...others] = pieces;
  if (first === undefined) return sizeBytes === 0;
  return others.length === 0 && first.kind === "copy" && first.start === 0 && first.end === sizeBytes;
}

function partOf(piece: Piece, from: number, to: number): Piece {
  if (piece.kind === "bytes") return { kind: "bytes", bytes: piece.bytes.subarray(from, to) };
  return { kind: "copy", start: piece.start + from, end: piece.start + to };
}

/** Adds a piece, leaving out an empty one and joining neighbouring ranges, so that few pieces describe a file. */
function pushPiece(pieces: Piece[], piece: Piece): void {
  if (pieceLength(piece) === 0) return;
  const last = pieces.at(-1);
  if (last?.kind === "copy" && piece.kind === "copy" && last.end === piece.start) {
    pieces[pieces.length - 1] = { kind: "copy", start: last.start, end: piece.end };
    return;
  }
  pieces.push(piece);
}
