import { hasBytesAt } from "../binary/bytes.js";
import { latin1 } from "../binary/fields.js";
import type { Edit } from "../binary/pieces.js";
import { assertFewManifests } from "../xmp/assert-few-manifests.js";
import { blankElements } from "../xmp/blank-elements.js";
import { readOwnPacket } from "../xmp/own-packet.js";
import type { SearchableSource } from "../xmp/searchable-source.js";
import { type JpegSegment, walkJpegHeader } from "./jpeg-segments.js";

/** What embedding and stripping need to know of a header. */
export interface JpegLayout {
  /** What takes everything of ours out of the header, in order. */
  readonly removals: readonly Edit[];
  /** Where our segment goes. */
  readonly insertAt: number;
  /** Whether a segment says where in the file further images begin. */
  readonly hasImageOffsets: boolean;
  readonly scanStart: number;
}

/** XMP specification part 3, section 1.1.3. */
export const XMP_NAMESPACE = latin1("http://ns.adobe.com/xap/1.0/\0");
/** CIPA DC-007, section 5.1: counts from its own place to the images behind the first one. */
const IMAGE_OFFSETS = latin1("MPF\0");
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;

/**
 * Reads the layout of a header. Ours goes after the last APP0 or APP1, so that tools which take the first XMP packet
 * for the only one keep finding theirs. It stays before the offsets of further images, which then move with them.
 */
export async function readJpegLayout(source: SearchableSource): Promise<JpegLayout> {
  const removals: Edit[] = [];
  let insertAt = 2;
  let hasImageOffsets = false;
  let scanStart = 0;
  for await (const segment of walkJpegHeader(source)) {
    if (segment.marker === APP1 && (await hasBody(source, segment, XMP_NAMESPACE))) {
      for await (const removal of removalsOf(source, segment, !hasImageOffsets)) {
        removals.push(removal);
        assertFewManifests(removals.length, "JPEG");
      }
    }
    hasImageOffsets ||= segment.marker === APP2 && (await hasBody(source, segment, IMAGE_OFFSETS));
    const isIdentity = segment.marker === APP0 || segment.marker === APP1;
    if (isIdentity && !hasImageOffsets) insertAt = segment.end;
    scanStart = segment.end;
  }
  return { removals, insertAt, hasImageOffsets, scanStart };
}

async function hasBody(source: SearchableSource, segment: JpegSegment, beginning: Uint8Array): Promise<boolean> {
  const length = Math.min(beginning.length, segment.end - segment.bodyStart);
  return hasBytesAt(await source.read(segment.bodyStart, length), 0, beginning);
}

/** What stands behind the offsets of further images keeps its length: they may point into it. */
async function* removalsOf(source: SearchableSource, segment: JpegSegment, isMovable: boolean): AsyncGenerator<Edit> {
  const packetStart = segment.bodyStart + XMP_NAMESPACE.length;
  const packet = await readOwnPacket(source, packetStart, segment.end);
  if (isMovable && packet?.end === segment.end) yield { start: segment.start, end: segment.end };
  else yield* blankElements(source, packetStart, segment.end);
}
