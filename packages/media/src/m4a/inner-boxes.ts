import type { ByteSource } from "@genblaze/core";
import { fourCharacters, MAX_UINT32, uint32be, uint64be } from "../binary/fields.js";
import type { Edit } from "../binary/pieces.js";
import { createBoxHeads } from "../mp4/box-heads.js";
import { type BoxSizing, HEADER_BYTES, readBoxSize } from "../mp4/mp4-boxes.js";

/** A box inside another one, or the one that holds it. */
export interface InnerBox {
  readonly type: string;
  readonly sizing: BoxSizing;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

/** Size, type and 64-bit size. */
const LARGE_HEADER_BYTES = HEADER_BYTES + uint64be.length;

/** A box with where its content begins. */
export function withContentStart(box: Omit<InnerBox, "contentStart">): InnerBox {
  const headerBytes = box.sizing === "64-bit" ? LARGE_HEADER_BYTES : HEADER_BYTES;
  return { ...box, contentStart: box.start + headerBytes };
}

/**
 * Up to `limit` boxes from `start` to `end`, and whether they fill that range; the walk ends at the first bytes that
 * are no whole box.
 */
export async function readInnerBoxes(
  source: ByteSource,
  start: number,
  end: number,
  limit: number,
): Promise<{ readonly boxes: readonly InnerBox[]; readonly isWhole: boolean }> {
  const boxes: InnerBox[] = [];
  const heads = createBoxHeads(source, end);
  let position = start;
  while (end - position >= HEADER_BYTES && boxes.length < limit) {
    const head = heads.peek(position) ?? (await heads.load(position));
    const size = readBoxSize(head, end - position);
    // Only a top-level box may be open.
    if (size === undefined || size.sizing === "open") break;
    const type = fourCharacters.read(head, 4);
    boxes.push(withContentStart({ type, sizing: size.sizing, start: position, end: position + size.bytes }));
    position += size.bytes;
  }
  return { boxes, isWhole: position === end };
}

/** The change of the size field of a box that grows by `growth`; undefined when the field cannot say the new size. */
export function resizeEdits(box: InnerBox, growth: number): readonly Edit[] | undefined {
  const size = box.end - box.start + growth;
  if (box.sizing === "open") return [];
  if (box.sizing === "64-bit") {
    const start = box.start + HEADER_BYTES;
    return [{ start, end: start + uint64be.length, replacement: [uint64be.write(size)] }];
  }
  if (size > MAX_UINT32) return undefined;
  return [{ start: box.start, end: box.start + uint32be.length, replacement: [uint32be.write(size)] }];
}
