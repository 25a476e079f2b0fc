import { uint32be } from "../binary/fields.js";
import type { Edit } from "../binary/pieces.js";
import type { FlacBlock } from "./flac-blocks.js";

/** The change of the byte with the flag for the last block and the type. */
export function blockTypeEdit(block: FlacBlock, value: number): Edit {
  return { start: block.start, end: block.start + 1, replacement: [Uint8Array.of(value)] };
}

/** The change of the 24 bits of a block length. */
export function blockLengthEdit(block: FlacBlock, length: number): Edit {
  return { start: block.start + 1, end: block.bodyStart, replacement: [uint32be.write(length).subarray(1)] };
}
