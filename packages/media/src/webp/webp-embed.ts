import { type ByteSource, GenblazeError } from "@genblaze/core";
import { fourCharacters, uint32le } from "../binary/fields.js";
import type { Edit } from "../binary/pieces.js";
import { malformedMedia } from "../malformed-media.js";
import { CHUNK_HEADER_BYTES } from "../wav/wav-chunks.js";
import { assertFoundFirst } from "../xmp/assert-found-first.js";
import { createSearchableSource } from "../xmp/searchable-source.js";
import { buildXmpPacket, PACKET_PREFIX } from "../xmp/xmp-packet.js";
import { RIFF_SIZE_OFFSET, WEBP_HEADER_BYTES } from "./webp-header.js";
import { readWebpLayout, type WebpLayout } from "./webp-layout.js";
import { writeWebpRecord } from "./webp-record.js";
import { VP8X_CHUNK_BYTES, vp8xChunk, XMP_FLAG } from "./webp-vp8x.js";

/** WebP container specification, "WebP File Header": the largest file size that RIFF can say, less eight. */
const MAX_RIFF_SIZE = 2 ** 32 - 10;

/** The changes that embed a manifest in a file without one. */
export async function planWebpEmbed(clean: ByteSource, payload: Uint8Array): Promise<readonly Edit[]> {
  const layout = await readWebpLayout(createSearchableSource(clean));
  const packet = buildXmpPacket(payload, recordFor(layout));
  const edits = webpEmbedEdits(layout, packet);
  const textStart = layout.end + bytesBefore(layout) + CHUNK_HEADER_BYTES + PACKET_PREFIX.length;
  await assertFoundFirst(clean, edits, textStart, "WebP");
  return edits;
}

/** The restore record of a file to embed in; undefined when stripping will see all it needs from the structure. */
export function recordFor(layout: WebpLayout): string | undefined {
  const isVp8xOurs = layout.flags === undefined;
  const hadXmpFlag = ((layout.flags ?? 0) & XMP_FLAG) !== 0;
  const riffSize = isRiffSizeRight(layout) ? undefined : layout.riffSize;
  // Stripping sets the flag by the XMP that is left; when none is left, it takes out a VP8X chunk that is plain.
  const isFlagSeen = isVp8xOurs || hadXmpFlag === layout.hasForeignXmp;
  const isVp8xSeen = isVp8xOurs === ((isVp8xOurs || layout.isVp8xPlain) && !layout.hasForeignXmp);
  if (riffSize === undefined && !layout.isPadMissing && isFlagSeen && isVp8xSeen) return undefined;
  return writeWebpRecord({ riffSize, isPadded: layout.isPadMissing, isVp8xOurs, hadXmpFlag });
}

/** The changes that put a packet into a file: as its last chunk, with what must be there before it. */
export function webpEmbedEdits(layout: WebpLayout, packet: Uint8Array): readonly Edit[] {
  const padding = new Uint8Array(packet.length % 2);
  const growth = bytesBefore(layout) + CHUNK_HEADER_BYTES + packet.length + padding.length;
  const riffSize = (isRiffSizeRight(layout) ? layout.riffSize : layout.sizeBytes - 8) + growth;
  assertRiffSizeFits(riffSize);
  const header = [fourCharacters.write("XMP "), uint32le.write(packet.length)];
  return [
    { start: RIFF_SIZE_OFFSET, end: RIFF_SIZE_OFFSET + 4, replacement: [uint32le.write(riffSize)] },
    vp8xEdit(layout),
    {
      start: layout.end,
      end: layout.end,
      replacement: [new Uint8Array(layout.isPadMissing ? 1 : 0), ...header, packet, padding],
    },
  ];
}

/** By how much our chunk stands further back than the end of the chunks before. */
function bytesBefore(layout: WebpLayout): number {
  return (layout.flags === undefined ? VP8X_CHUNK_BYTES : 0) + (layout.isPadMissing ? 1 : 0);
}

function isRiffSizeRight(layout: WebpLayout): boolean {
  return 8 + layout.riffSize <= layout.sizeBytes;
}

/** Says in VP8X that the file contains XMP; a file that has none gets one before its image. */
function vp8xEdit({ first, flags, description }: WebpLayout): Edit {
  if (first !== undefined && flags !== undefined) {
    return { start: first.bodyStart, end: first.bodyStart + 1, replacement: [Uint8Array.of(flags | XMP_FLAG)] };
  }
  if (description === undefined) throw malformedMedia("This is no whole WebP file: it does not begin with an image.");
  return { start: WEBP_HEADER_BYTES, end: WEBP_HEADER_BYTES, replacement: [vp8xChunk(description)] };
}

function assertRiffSizeFits(riffSize: number): void {
  if (riffSize <= MAX_RIFF_SIZE) return;
  throw new GenblazeError(
    "MEDIA_TOO_LARGE",
    `A WebP file cannot say a size of ${riffSize} bytes. Put the manifest into a sidecar.`,
    { details: { sizeBytes: riffSize, limitBytes: MAX_RIFF_SIZE } },
  );
}
