import type { SearchableSource } from "../xmp/searchable-source.js";

const END_OF_IMAGE = 0xd9;
/** FF, marker, length: what must be at hand to step over a segment. */
const STEP_BYTES = 4;

/**
 * Where the image ends, after its end marker: from the first scan on, through tables and further scans of a
 * progressive file. Undefined when the file ends first. What follows may be further images, which are not walked.
 */
export async function findImageEnd(source: SearchableSource, scanStart: number): Promise<number | undefined> {
  let position = scanStart;
  while (position < source.sizeBytes) {
    const step = stepThrough(await source.window(position, STEP_BYTES));
    if (step.isEnd) return position + step.length;
    if (step.length === 0) return undefined;
    position += step.length;
  }
  return undefined;
}

/** How far the bytes lead: to the end marker, or over whole steps to where more bytes are needed. */
function stepThrough(bytes: Uint8Array): { readonly length: number; readonly isEnd: boolean } {
  let index = 0;
  while (index + 1 < bytes.length) {
    // Searching is many times faster than looking at each byte of a scan.
    const mark = bytes.indexOf(0xff, index);
    if (mark < 0) return { length: bytes.length, isEnd: false };
    index = mark;
    if (index + 1 >= bytes.length) break;
    const marker = bytes[index + 1] ?? 0;
    if (marker === END_OF_IMAGE) return { length: index + 2, isEnd: true };
    // A fill byte: the next FF may begin the marker.
    if (marker === 0xff) index += 1;
    else if (isWithoutLength(marker)) index += 2;
    else if (index + STEP_BYTES > bytes.length) break;
    else index += 2 + (bytes[index + 2] ?? 0) * 256 + (bytes[index + 3] ?? 0);
  }
  return { length: index, isEnd: false };
}

/** FF00 is a stuffed FF of the scan (T.81, section F.1.2.3); TEM, RST0 to RST7 and SOI have no length. */
function isWithoutLength(marker: number): boolean {
  return marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}
