import type { ByteSource, MediaHandler, Piece } from "@genblaze/core";
import { type Edit, piecesFromEdits } from "../binary/pieces.js";
import { embedInClean } from "../embed-in-clean.js";
import { assertFewManifests } from "../xmp/assert-few-manifests.js";
import { blankElements } from "../xmp/blank-elements.js";
import { extractXmpManifest } from "../xmp/find-xmp-manifest.js";
import { readOwnPacket } from "../xmp/own-packet.js";
import { createSearchableSource, type SearchableSource } from "../xmp/searchable-source.js";
import { findImageEnd } from "./find-image-end.js";
import { planJpegEmbed } from "./jpeg-embed.js";
import { type JpegLayout, readJpegLayout } from "./jpeg-layout.js";
import { isJpeg } from "./jpeg-segments.js";

/**
 * JPEG: an XMP packet in an APP1 segment of its own, or behind the end marker when it is larger than a segment. The
 * image is not encoded anew; foreign XMP, Exif and bytes behind the image stay. Structure alone says what is ours.
 */
export const jpegHandler: MediaHandler = {
  name: "jpeg",
  mediaTypes: ["image/jpeg", "image/jpg"],
  extensions: [".jpg", ".jpeg", ".jpe", ".jfif"],
  matches: isJpeg,
  extract: (source) => extractXmpManifest(source, "JPEG"),
  strip: stripJpeg,
  embed: (source, payload) => embedInClean(source, stripJpeg, (clean) => planJpegEmbed(clean, payload)),
};

async function stripJpeg(source: ByteSource): Promise<readonly Piece[]> {
  const searchable = createSearchableSource(source);
  const layout = await readJpegLayout(searchable);
  return piecesFromEdits(source.sizeBytes, [...layout.removals, ...(await packetsBehindImage(searchable, layout))]);
}

async function packetsBehindImage(source: SearchableSource, layout: JpegLayout): Promise<readonly Edit[]> {
  const { scanStart, hasImageOffsets } = layout;
  const start = await findImageEnd(source, scanStart);
  if (start === undefined) return [];
  let end = start;
  for (let count = 0; ; count += 1) {
    assertFewManifests(count, "JPEG");
    const packet = await readOwnPacket(source, end, source.sizeBytes);
    if (packet === undefined) break;
    end = packet.end;
  }
  // Further images behind ours would move away from where the file says they are, or have been read from ours.
  if (!hasImageOffsets || end === source.sizeBytes) return [{ start, end }];
  const blanks: Edit[] = [];
  for await (const blank of blankElements(source, start, end)) blanks.push(blank);
  return blanks;
}
