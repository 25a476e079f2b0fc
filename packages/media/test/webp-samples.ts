import type { MediaSample } from "@genblaze/contract";
import { concatBytes } from "../src/binary/bytes.js";
import { uint32le } from "../src/binary/fields.js";
import { goldenBytes } from "./golden-rows.js";
import { bytesOf, foreignPacket, ownPacket } from "./jpeg-samples.js";
import { riffChunk } from "./made-samples.js";

/** A WebP file of these chunks; `riffSize` overrules the RIFF size. */
export function webpOf(
  chunks: readonly Uint8Array[],
  tail: Uint8Array = new Uint8Array(),
  riffSize?: number,
): Uint8Array {
  const content = concatBytes([bytesOf("WEBP"), ...chunks]);
  return concatBytes([bytesOf("RIFF"), uint32le.write(riffSize ?? content.length), content, tail]);
}

/** A VP8X chunk with these flags for a canvas of 16 x 8. */
export function vp8x(flags: number): Uint8Array {
  return riffChunk("VP8X", Uint8Array.of(flags, 0, 0, 0, 15, 0, 0, 7, 0, 0));
}

/** The head of a lossy image of 16 x 8, with the upscaling bits set that are no part of its size. */
export const lossy = riffChunk("VP8 ", Uint8Array.of(0x10, 0, 0, 0x9d, 0x01, 0x2a, 16, 0x40, 8, 0x80, 1, 2));
/** The head of a lossless image of 16 x 8 that uses alpha; an odd chunk. */
export const lossless = riffChunk("VP8L", Uint8Array.of(0x2f, 0x0f, 0xc0, 0x01, 0x10, 5, 6));
const unpadded = lossless.subarray(0, -1);

/** An `XMP ` chunk. */
export function xmpChunk(packet: Uint8Array): Uint8Array {
  return riffChunk("XMP ", packet);
}

const foreign = xmpChunk(foreignPacket());
const own = xmpChunk(ownPacket("{}"));
const merged = xmpChunk(foreignPacket("<mf:manifest>{}</mf:manifest>"));

/** A packet of ours whose record says this. */
function recorded(record: string): Uint8Array {
  return xmpChunk(ownPacket("{}", `<mf:restore>${record}</mf:restore>`));
}

const still = goldenBytes("orig/webp-lossy.webp");

/** Files that decoders read. */
export const webpPictures: readonly MediaSample[] = [
  { name: "bytes after the RIFF end", bytes: concatBytes([still, bytesOf("trailing bytes")]) },
];

/** Files with little more than structure. */
export const webpSamples: readonly MediaSample[] = [
  { name: "a lossy image", bytes: webpOf([lossy]) },
  { name: "a lossless image", bytes: webpOf([lossless]) },
  { name: "no pad byte", bytes: webpOf([unpadded]) },
  { name: "no pad byte, but counted", bytes: webpOf([unpadded], undefined, 4 + lossless.length) },
  { name: "no pad byte before bytes after the RIFF end", bytes: webpOf([unpadded], bytesOf("tail")) },
  { name: "a RIFF size that is too large", bytes: webpOf([lossy], undefined, 4000) },
  { name: "bytes in RIFF that are no chunk", bytes: webpOf([lossy, bytesOf("abc")]) },
  { name: "a plain VP8X chunk", bytes: webpOf([vp8x(0), lossy]) },
  { name: "a plain VP8X chunk that says XMP", bytes: webpOf([vp8x(4), lossy]) },
  { name: "a plain VP8X chunk of a lossless image", bytes: webpOf([vp8x(0x10), lossless]) },
  { name: "a VP8X chunk that says no alpha", bytes: webpOf([vp8x(0), lossless]) },
  {
    name: "Exif and a profile",
    bytes: webpOf([vp8x(0x28), riffChunk("ICCP", new Uint8Array(5)), lossy, riffChunk("EXIF", bytesOf("II*\0"))]),
  },
  { name: "foreign XMP", bytes: webpOf([vp8x(4), lossy, foreign]) },
  { name: "foreign XMP without trailer", bytes: webpOf([vp8x(4), lossy, xmpChunk(foreignPacket("", ""))]) },
  { name: "foreign XMP that VP8X does not say", bytes: webpOf([vp8x(0), lossy, foreign]) },
  { name: "foreign XMP without VP8X", bytes: webpOf([lossy, foreign]) },
  { name: "ours among foreign properties", bytes: webpOf([vp8x(4), lossy, merged]) },
  { name: "ours twice", bytes: webpOf([vp8x(4), own, lossy, own]) },
  { name: "ours and foreign XMP", bytes: webpOf([vp8x(4), lossy, own, foreign]) },
  { name: "ours with and without company", bytes: webpOf([vp8x(4), lossy, merged, own]) },
  { name: "ours without VP8X", bytes: webpOf([lossy, own]) },
  { name: "a record that adds VP8X", bytes: webpOf([vp8x(4), lossy, recorded("0000000004")]) },
  { name: "a record that claims a pad byte", bytes: webpOf([vp8x(4), lossy, recorded("0000000006")]) },
  { name: "a record with another RIFF size", bytes: webpOf([vp8x(4), lossy, recorded("0000000301")]) },
  { name: "a record that is no record", bytes: webpOf([vp8x(4), lossy, recorded("abc")]) },
  { name: "a VP8X chunk with more in it", bytes: webpOf([riffChunk("VP8X", new Uint8Array(13)), lossy]) },
];
