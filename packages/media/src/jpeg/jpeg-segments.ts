import type { ByteSource, GenblazeError } from "@genblaze/core";
import { hasBytesAt } from "../binary/bytes.js";
import { malformedMedia } from "../malformed-media.js";

/** One marker segment: FF, marker, length, body (ITU-T T.81, section B.1.1.4). Fill bytes before it are not part of it. */
export interface JpegSegment {
  readonly marker: number;
  readonly start: number;
  readonly bodyStart: number;
  /** Where the next segment or its fill bytes begin. */
  readonly end: number;
}

/** Start of image, and the first byte of the marker that must follow. */
const SIGNATURE = Uint8Array.of(0xff, 0xd8, 0xff);
const START_OF_SCAN = 0xda;
/** FF, marker, length. */
const SEGMENT_HEADER_BYTES = 4;
/** Real headers have tens; an extended XMP of a gigabyte has 16,000. A file with more is made to keep us busy. */
const MAX_SEGMENTS = 20_000;

/** Whether the bytes begin as a JPEG file. */
export function isJpeg(head: Uint8Array): boolean {
  return hasBytesAt(head, 0, SIGNATURE);
}

/** The segments of the header in order, the first start of scan last. MEDIA_MALFORMED for anything else. */
export async function* walkJpegHeader(source: ByteSource): AsyncGenerator<JpegSegment> {
  if (!isJpeg(await source.read(0, Math.min(source.sizeBytes, SIGNATURE.length)))) {
    throw malformed("it does not begin with the JPEG signature");
  }
  let position = 2;
  for (let count = 0; count < MAX_SEGMENTS; count += 1) {
    const segment = await readSegment(source, await skipFillBytes(source, position));
    yield segment;
    if (segment.marker === START_OF_SCAN) return;
    position = segment.end;
  }
  throw malformed(`its header has more than ${MAX_SEGMENTS} segments`);
}

/** T.81, section B.1.1.2: any number of FF bytes may stand before a marker. Gives the place of the last FF. */
async function skipFillBytes(source: ByteSource, start: number): Promise<number> {
  for (let position = start; ; ) {
    const bytes = await source.read(position, Math.min(64, source.sizeBytes - position));
    const markerAt = bytes.findIndex((byte) => byte !== 0xff);
    if (markerAt === 0 || bytes.length === 0) throw malformed(`no marker is at byte ${position}`);
    if (markerAt > 0) return position + markerAt - 1;
    // The last FF is read again: it may be the one before the marker.
    if (bytes.length === 1) throw malformed("its header is truncated");
    position += bytes.length - 1;
  }
}

async function readSegment(source: ByteSource, start: number): Promise<JpegSegment> {
  if (source.sizeBytes - start < SEGMENT_HEADER_BYTES) throw malformed("its header is truncated");
  const [, marker = 0, high = 0, low = 0] = await source.read(start, SEGMENT_HEADER_BYTES);
  // Markers without a length, and the end of the image, have no place in a header.
  if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd9)) throw malformed(`marker ${marker} stands at byte ${start}`);
  const length = high * 256 + low;
  const end = start + 2 + length;
  if (length < 2) throw malformed(`the segment at byte ${start} has an impossible length`);
  if (end > source.sizeBytes) throw malformed(`the segment at byte ${start} is truncated`);
  return { marker, start, bodyStart: start + SEGMENT_HEADER_BYTES, end };
}

function malformed(reason: string): GenblazeError {
  return malformedMedia(`This is no whole JPEG file: ${reason}.`);
}
