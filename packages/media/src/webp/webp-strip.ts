import { type ByteSource, GenblazeError, type Piece } from "@genblaze/core";
import { hasBytesAt } from "../binary/bytes.js";
import { uint32le } from "../binary/fields.js";
import { createPieceSource } from "../binary/piece-source.js";
import { composePieces, type Edit, pieceLength, piecesFromEdits } from "../binary/pieces.js";
import { createSearchableSource, type SearchableSource } from "../xmp/searchable-source.js";
import { recordFor, webpEmbedEdits } from "./webp-embed.js";
import { RIFF_SIZE_OFFSET, WEBP_HEADER_BYTES } from "./webp-header.js";
import { type OwnChunk, readWebpLayout, type WebpLayout } from "./webp-layout.js";
import { readWebpRecord, type WebpRecord } from "./webp-record.js";
import { VP8X_CHUNK_BYTES, XMP_FLAG } from "./webp-vp8x.js";

/** The file without anything of ours. */
export async function stripWebp(source: ByteSource): Promise<readonly Piece[]> {
  const layout = await readWebpLayout(createSearchableSource(source));
  const blanked = piecesFromEdits(source.sizeBytes, layout.blanks);
  if (layout.ownChunks.length === 0) return blanked;
  const edits = (await planRestore(createPieceSource(source, blanked), layout)) ?? planRemoval(layout);
  // Blanks change no offset, so the layout holds for the blanked file as well.
  return composePieces(piecesFromEdits(source.sizeBytes, edits), blanked);
}

/**
 * Undoes an embedding that left a record. The record is input like any other, so it counts only if embedding this
 * packet in the restored file would give this very file; else the structure decides.
 */
async function planRestore(source: ByteSource, layout: WebpLayout): Promise<readonly Edit[] | undefined> {
  const [own, ...others] = layout.ownChunks;
  if (own === undefined || others.length > 0 || own.end !== layout.end) return undefined;
  const record = own.packet.record === undefined ? undefined : readWebpRecord(own.packet.record);
  const edits = record && restoreEdits(layout, own, record);
  if (edits === undefined) return undefined;
  const pieces = piecesFromEdits(source.sizeBytes, edits);
  const restored = await layoutUnlessMalformed(createSearchableSource(createPieceSource(source, pieces)));
  if (restored === undefined || restored.ownChunks.length > 0) return undefined;
  if (recordFor(restored) !== own.packet.record || (restored.flags ?? restored.description) === undefined) {
    return undefined;
  }
  const packet = await source.read(own.packet.start, own.packet.end - own.packet.start);
  const embedded = piecesFromEdits(restored.sizeBytes, webpEmbedEdits(restored, packet));
  return (await giveSource(source, composePieces(embedded, pieces))) ? edits : undefined;
}

function restoreEdits(layout: WebpLayout, own: OwnChunk, record: WebpRecord): readonly Edit[] | undefined {
  const { first, flags } = layout;
  if (first === undefined || flags === undefined) return undefined;
  const start = own.start - (record.isPadded ? 1 : 0);
  if (start < first.bodyEnd) return undefined;
  const removed = own.end - start + (record.isVp8xOurs ? VP8X_CHUNK_BYTES : 0);
  return [
    riffSizeEdit(record.riffSize ?? Math.max(layout.riffSize - removed, 0)),
    record.isVp8xOurs ? vp8xRemoval : flagEdit(layout, flags, record.hadXmpFlag),
    { start, end: own.end },
  ];
}

async function layoutUnlessMalformed(source: SearchableSource): Promise<WebpLayout | undefined> {
  try {
    return await readWebpLayout(source);
  } catch (error) {
    if (GenblazeError.isInstance(error) && error.code === "MEDIA_MALFORMED") return undefined;
    throw error;
  }
}

/** Whether the pieces give the source itself. */
async function giveSource(source: ByteSource, pieces: readonly Piece[]): Promise<boolean> {
  let position = 0;
  for (const piece of pieces) {
    const end = position + pieceLength(piece);
    if (end > source.sizeBytes || (piece.kind === "copy" && piece.start !== position)) return false;
    if (piece.kind === "bytes" && !hasBytesAt(await source.read(position, end - position), 0, piece.bytes))
      return false;
    position = end;
  }
  return position === source.sizeBytes;
}

/**
 * Takes our chunks out. The RIFF size shrinks by them, unless it lies beyond the file. VP8X says whether XMP is left;
 * when none is left and it says nothing else that the image does not say itself, it goes too.
 */
function planRemoval(layout: WebpLayout): readonly Edit[] {
  const { flags, isVp8xPlain, hasForeignXmp } = layout;
  const edits: Edit[] = layout.ownChunks.map(({ start, end }) => ({ start, end }));
  if (isVp8xPlain && !hasForeignXmp) edits.unshift(vp8xRemoval);
  else if (flags !== undefined) edits.unshift(flagEdit(layout, flags, hasForeignXmp));
  if (8 + layout.riffSize > layout.sizeBytes) return edits;
  const removed = edits.reduce(
    (bytes, edit) => bytes + (edit.replacement === undefined ? edit.end - edit.start : 0),
    0,
  );
  return [riffSizeEdit(layout.riffSize - removed), ...edits];
}

const vp8xRemoval: Edit = { start: WEBP_HEADER_BYTES, end: WEBP_HEADER_BYTES + VP8X_CHUNK_BYTES };

function flagEdit({ first }: WebpLayout, flags: number, hasXmp: boolean): Edit {
  const start = first?.bodyStart ?? 0;
  return { start, end: start + 1, replacement: [Uint8Array.of((flags & ~XMP_FLAG) | (hasXmp ? XMP_FLAG : 0))] };
}

function riffSizeEdit(riffSize: number): Edit {
  return { start: RIFF_SIZE_OFFSET, end: RIFF_SIZE_OFFSET + 4, replacement: [uint32le.write(riffSize)] };
}
