import type { ByteSource } from "@genblaze/core";
import { concatBytes, hasBytesAt } from "../binary/bytes.js";
import { latin1, uint32le } from "../binary/fields.js";
import type { RiffChunk } from "../wav/wav-chunks.js";

/** WebP container specification, "Extended File Format": the chunk that says what else is in the file. */
export const VP8X_BODY_BYTES = 10;
/** Header and body. */
export const VP8X_CHUNK_BYTES = 18;
/** "File contains XMP", in the first byte of the body. */
export const XMP_FLAG = 0x04;
const ALPHA_FLAG = 0x10;

/** RFC 6386, section 9.1: frame tag, start code, width, height. */
const VP8_HEADER_BYTES = 10;
const VP8_START_CODE = Uint8Array.of(0x9d, 0x01, 0x2a);
/** RFC 9649, section 3.4: signature, then width, height and the use of alpha in one word. */
const VP8L_HEADER_BYTES = 5;
const VP8L_SIGNATURE = 0x2f;
/** Widths and heights take 14 bits. */
const SIZE_MASK = 0x3fff;

interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
}

/** The body of the VP8X chunk of a file whose image is this chunk, the XMP flag set; undefined when it is no image. */
export async function describeImage(source: ByteSource, image: RiffChunk): Promise<Uint8Array | undefined> {
  const canvas = image.id === "VP8 " ? await readLossy(source, image) : await readLossless(source, image);
  if (canvas === undefined) return undefined;
  const flags = XMP_FLAG | (canvas.hasAlpha ? ALPHA_FLAG : 0);
  return concatBytes([Uint8Array.of(flags, 0, 0, 0), uint24le(canvas.width - 1), uint24le(canvas.height - 1)]);
}

/** A whole VP8X chunk. */
export function vp8xChunk(body: Uint8Array): Uint8Array {
  return concatBytes([latin1("VP8X"), uint32le.write(body.length), body]);
}

async function readLossy(source: ByteSource, image: RiffChunk): Promise<Canvas | undefined> {
  const bytes = await source.read(image.bodyStart, Math.min(image.size, VP8_HEADER_BYTES));
  const [tag = 1, , , , , , widthLow = 0, widthHigh = 0, heightLow = 0, heightHigh = 0] = bytes;
  if (bytes.length < VP8_HEADER_BYTES || !hasBytesAt(bytes, 3, VP8_START_CODE)) return undefined;
  const width = (widthLow | (widthHigh << 8)) & SIZE_MASK;
  const height = (heightLow | (heightHigh << 8)) & SIZE_MASK;
  const isKeyFrame = (tag & 1) === 0;
  return isKeyFrame && width > 0 && height > 0 ? { width, height, hasAlpha: false } : undefined;
}

async function readLossless(source: ByteSource, image: RiffChunk): Promise<Canvas | undefined> {
  if (image.id !== "VP8L" || image.size < VP8L_HEADER_BYTES) return undefined;
  const bytes = await source.read(image.bodyStart, VP8L_HEADER_BYTES);
  if (bytes[0] !== VP8L_SIGNATURE) return undefined;
  const word = uint32le.read(bytes, 1);
  return {
    width: (word & SIZE_MASK) + 1,
    height: ((word >>> 14) & SIZE_MASK) + 1,
    hasAlpha: ((word >>> 28) & 1) === 1,
  };
}

function uint24le(value: number): Uint8Array {
  return uint32le.write(value).subarray(0, 3);
}
