import type { Edit } from "../binary/pieces.js";
import type { SearchableSource } from "./searchable-source.js";
import { MANIFEST_CLOSE, MANIFEST_OPEN } from "./xmp-packet.js";

/** Blanks are handed out as views of this. */
const BLANKS = new Uint8Array(64 * 1024).fill(0x20);

/**
 * What takes our elements out of a foreign packet between `from` and `to`: a tool that edits XMP copies them into the
 * packet it writes. Blanks take their place, as XMP has it for changes in place: no size and no offset changes.
 */
export async function* blankElements(source: SearchableSource, from: number, to: number): AsyncGenerator<Edit> {
  let position = from;
  for (;;) {
    const start = await source.find(MANIFEST_OPEN, position, to);
    const close = start < 0 ? -1 : await source.find(MANIFEST_CLOSE, start, to);
    if (close < 0) return;
    position = close + MANIFEST_CLOSE.length;
    yield { start, end: position, replacement: blanks(position - start) };
  }
}

function blanks(length: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let left = length; left > 0; left -= BLANKS.length) parts.push(BLANKS.subarray(0, left));
  return parts;
}
