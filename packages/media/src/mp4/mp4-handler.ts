import { type ByteSource, GenblazeError, type MediaHandler, type Piece } from "@genblaze/core";
import { MAX_UINT32, uint32be } from "../binary/fields.js";
import { type Edit, piecesFromEdits } from "../binary/pieces.js";
import { embedInClean } from "../embed-in-clean.js";
import { assertPayloadFits, assertPayloadReadable } from "../payload-limit.js";
import { isMp4, type Mp4Box, walkMp4Boxes } from "./mp4-boxes.js";
import { type Mp4Layout, readMp4Layout } from "./mp4-layout.js";
import { buildUuidBox, MANIFEST_BOX_ID, OPEN_BOX_RECORD, RESTORE_BOX_ID, UUID_HEADER_BYTES } from "./mp4-own-boxes.js";
import { planMp4Strip } from "./mp4-strip.js";

/**
 * MP4 and QuickTime: a top-level uuid box after the last box. No box moves, so file offsets stay right. A last box
 * that is open to the end of the file gets its size written out, which a restore record remembers.
 */
export const mp4Handler: MediaHandler = {
  name: "mp4",
  mediaTypes: ["video/mp4", "video/quicktime", "audio/mp4", "audio/x-m4a"],
  extensions: [".mp4", ".mov", ".m4v", ".m4a"],
  matches: isMp4,
  extract: extractFromMp4,
  strip: stripMp4,
  embed: (source, payload) => embedInClean(source, stripMp4, (clean) => planMp4(clean, payload)),
};

/** Reads box headers only. An empty manifest box is passed over, as in the Python library. */
async function extractFromMp4(source: ByteSource): Promise<Uint8Array | undefined> {
  for await (const box of walkMp4Boxes(source)) {
    const length = box.end - box.start - UUID_HEADER_BYTES;
    if (box.owner !== "manifest" || length === 0) continue;
    assertPayloadReadable(length, "MP4");
    return source.read(box.start + UUID_HEADER_BYTES, length);
  }
  return undefined;
}

async function stripMp4(source: ByteSource): Promise<readonly Piece[]> {
  return piecesFromEdits(source.sizeBytes, await planMp4Strip(source));
}

async function planMp4(clean: ByteSource, payload: Uint8Array): Promise<readonly Edit[]> {
  assertPayloadFits(payload.length);
  const manifest = buildUuidBox(MANIFEST_BOX_ID, payload);
  const layout = await readMp4Layout(clean);
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
