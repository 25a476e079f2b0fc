import { type ByteSource, GenblazeError } from "@genblaze/core";
import { concatBytes } from "../binary/bytes.js";
import type { Edit } from "../binary/pieces.js";
import { malformedMedia } from "../malformed-media.js";
import { assertFoundFirst } from "../xmp/assert-found-first.js";
import { createSearchableSource, type SearchableSource } from "../xmp/searchable-source.js";
import { buildXmpPacket, PACKET_PREFIX } from "../xmp/xmp-packet.js";
import { findImageEnd } from "./find-image-end.js";
import { type JpegLayout, readJpegLayout, XMP_NAMESPACE } from "./jpeg-layout.js";

/** The largest packet that the Python library puts into a segment; a segment itself holds 65,533 bytes. */
const MAX_SEGMENT_PACKET_BYTES = 61_440;

/** The changes that embed a manifest in a file without one. */
export async function planJpegEmbed(clean: ByteSource, payload: Uint8Array): Promise<readonly Edit[]> {
  const source = createSearchableSource(clean);
  const layout = await readJpegLayout(source);
  const packet = buildXmpPacket(payload);
  const isSmall = packet.length <= MAX_SEGMENT_PACKET_BYTES;
  const start = isSmall ? layout.insertAt : await placeBehindImage(source, layout, packet.length);
  const header = isSmall ? segmentHeader(packet.length) : new Uint8Array();
  const edits = [{ start, end: start, replacement: [header, packet] }];
  await assertFoundFirst(clean, edits, start + header.length + PACKET_PREFIX.length, "JPEG");
  return edits;
}

function segmentHeader(packetBytes: number): Uint8Array {
  const length = 2 + XMP_NAMESPACE.length + packetBytes;
  return concatBytes([Uint8Array.of(0xff, 0xe1, length >> 8, length & 0xff), XMP_NAMESPACE]);
}

/**
 * Directly behind the image: readers search the whole file, decoders stop before. Extended XMP (XMP specification
 * part 3, section 1.1.3.1) cuts a packet into pieces, in which readers of manifests find nothing.
 */
async function placeBehindImage(source: SearchableSource, layout: JpegLayout, packetBytes: number): Promise<number> {
  const end = await findImageEnd(source, layout.scanStart);
  if (end === undefined) {
    throw malformedMedia("This is no whole JPEG file: it has no end marker, behind which a large manifest goes.");
  }
  if (!layout.hasImageOffsets || end === source.sizeBytes) return end;
  throw new GenblazeError(
    "MEDIA_TOO_LARGE",
    `The manifest takes ${packetBytes} bytes, which would move the further images of this JPEG file away from where ` +
      `it says they are; ${MAX_SEGMENT_PACKET_BYTES} fit before them. Put the manifest into a sidecar.`,
    { details: { sizeBytes: packetBytes, limitBytes: MAX_SEGMENT_PACKET_BYTES } },
  );
}
