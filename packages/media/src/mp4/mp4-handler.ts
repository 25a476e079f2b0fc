import { type ByteSource, GenblazeError, type MediaHandler, type Piece } from "@genblaze/core";
import { MAX_UINT32, uint32be } from "../binary/fields.js";
import { createPieceSource } from "../binary/piece-source.js";
import { composePieces, type Edit, piecesFromEdits } from "../binary/pieces.js";
import { embedInClean } from "../embed-in-clean.js";
import { extractFromIlst } from "../m4a/ilst-extract.js";
import { planIlstStrip } from "../m4a/ilst-strip.js";
import { assertPayloadFits, assertPayloadReadable } from "../payload-limit.js";
import { assertRoomForParts } from "../room-for-parts.js";
import { isMp4, type Mp4Box, visitMp4Boxes } from "./mp4-boxes.js";
import { type Mp4Layout, readMp4Layout } from "./mp4-layout.js";
import { buildUuidBox, MANIFEST_BOX_ID, OPEN_BOX_RECORD, RESTORE_BOX_ID, UUID_HEADER_BYTES } from "./mp4-own-boxes.js";
import { planMp4Strip } from "./mp4-strip.js";

/**
 * MP4 and QuickTime: a top-level uuid box after the last box. No box moves, so file offsets stay right. A last box
 * that is open to the end of the file gets its size written out, which a restore record remembers. A manifest among
 * the iTunes tags, as in M4A files, is read and stripped too.
 */
export const mp4Handler: MediaHandler = {
  name: "mp4",
  mediaTypes: ["video/mp4", "video/quicktime"],
  extensions: [".mp4", ".mov", ".m4v"],
  matches: isMp4,
  extract: extractFromMp4,
  strip: stripMp4,
  embed: (source, payload) => embedInClean(source, stripMp4, (clean) => planMp4(clean, payload)),
};

/**
 * The manifest of the first box that is not empty, else that among the tags. Should the two differ, the box counts:
 * it is what the Python library reads when nobody tells it the media type. Only headers are read on the way.
 */
export async function extractFromMp4(source: ByteSource): Promise<Uint8Array | undefined> {
  let moov: Mp4Box | undefined;
  let manifest: Mp4Box | undefined;
  await visitMp4Boxes(source, (box) => {
    if (box.type === "moov") moov ??= box;
    if (box.owner === "manifest" && box.end - box.start > UUID_HEADER_BYTES) manifest = box;
    return manifest === undefined;
  });
  if (manifest === undefined) return moov && extractFromIlst(source, moov);
  const start = manifest.start + UUID_HEADER_BYTES;
  assertPayloadReadable(manifest.end - start, "MP4");
  return source.read(start, manifest.end - start);
}

/** First the boxes, then the tags of what is left: embedding goes the other way round. */
export async function stripMp4(source: ByteSource): Promise<readonly Piece[]> {
  const layout = await readMp4Layout(source);
  const edits = await planMp4Strip(source, layout);
  const withoutBoxes = piecesFromEdits(source.sizeBytes, edits);
  const rest = createPieceSource(source, withoutBoxes);
  const { boxes } = edits.length === 0 ? layout : await readMp4Layout(rest);
  return composePieces(piecesFromEdits(rest.sizeBytes, await planIlstStrip(rest, boxes)), withoutBoxes);
}

/** The changes that put a manifest box at the end of a file without one. */
export async function planMp4(clean: ByteSource, payload: Uint8Array): Promise<readonly Edit[]> {
  assertPayloadFits(payload.length);
  const manifest = buildUuidBox(MANIFEST_BOX_ID, payload);
  const layout = await readMp4Layout(clean);
  assertRoomForParts(layout.boxes.length, "MP4");
  const last = layout.boxes.at(-1);
  if (last?.sizing !== "open") return [{ start: layout.end, end: layout.end, replacement: [manifest] }];
  const record = buildUuidBox(RESTORE_BOX_ID, OPEN_BOX_RECORD);
  return [closeBox(layout, last), { start: layout.end, end: layout.end, replacement: [record, manifest] }];
}

function closeBox(layout: Mp4Layout, box: Mp4Box): Edit {
  const size = layout.end - box.start;
  if (size > MAX_UINT32) {
    throw new GenblazeError(
      "MEDIA_TOO_LARGE",
      `The last box of this MP4 file is open and has ${size} bytes, too many for its size field. Put the manifest into a sidecar.`,
      { details: { sizeBytes: size, limitBytes: MAX_UINT32 } },
    );
  }
  return { start: box.start, end: box.start + uint32be.length, replacement: [uint32be.write(size)] };
}
