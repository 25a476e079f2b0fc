import type { ByteSource } from "@genblaze/core";
import { hasBytesAt } from "../binary/bytes.js";
import { fourCharacters, latin1, uint32be, uint64be } from "../binary/fields.js";
import { MAX_PARTS } from "../limits.js";
import { malformedMedia } from "../malformed-media.js";
import { createBoxHeads } from "./box-heads.js";
import { MANIFEST_BOX_ID, RESTORE_BOX_ID, UUID_HEADER_BYTES } from "./mp4-own-boxes.js";

/** How a box says where it ends (ISO/IEC 14496-12, section 4.2): 32-bit size, 64-bit size, or the end of the file. */
export type BoxSizing = "32-bit" | "64-bit" | "open";

/** One top-level box. */
export interface Mp4Box {
  readonly type: string;
  readonly sizing: BoxSizing;
  /** `manifest` and `restore` are ours. */
  readonly owner: "manifest" | "restore" | "foreign";
  readonly start: number;
  readonly end: number;
}

/** Size and type. */
export const HEADER_BYTES = 8;
/** Zero padding at the end of a file reads as a box of size 0 and this type; it is no box. */
const NO_TYPE = "\0\0\0\0";
const FILE_TYPE = latin1("ftyp");

/** Whether the bytes begin as an ISO base media file: the check of the Python library. */
export function isMp4(head: Uint8Array): boolean {
  return hasBytesAt(head, 4, FILE_TYPE);
}

/**
 * Shows `visit` the top-level boxes in order, until it gives false; the walk ends at the first bytes that are no
 * whole box.
 */
export async function visitMp4Boxes(source: ByteSource, visit: (box: Mp4Box) => boolean): Promise<void> {
  const heads = createBoxHeads(source, source.sizeBytes);
  const first = await heads.load(0);
  if (!isMp4(first) || boxFrom(first, source, 0) === undefined) {
    throw malformedMedia("This is no MP4 file: it does not begin with a whole file type box.");
  }
  let start = 0;
  for (let count = 0; start < source.sizeBytes; count += 1) {
    if (count >= MAX_PARTS) {
      throw malformedMedia(`This MP4 file has more than ${MAX_PARTS} top-level boxes.`);
    }
    const box = boxFrom(heads.peek(start) ?? (await heads.load(start)), source, start);
    if (box === undefined || !visit(box)) return;
    start = box.end;
  }
}

/** The first bytes of a box, with the identifier of a uuid box when there is one. */
export async function readBoxHead(source: ByteSource, start: number): Promise<Uint8Array> {
  return source.read(start, Math.min(UUID_HEADER_BYTES, source.sizeBytes - start));
}

/** Whether a box says a size that its own header does not fit into: no cut explains that. */
export function isSizeImpossible(head: Uint8Array): boolean {
  const size = uint32be.read(head, 0);
  if (size !== 1) return size !== 0 && size < HEADER_BYTES;
  const largeHeaderBytes = HEADER_BYTES + uint64be.length;
  return head.length >= largeHeaderBytes && uint64be.read(head, HEADER_BYTES) < largeHeaderBytes;
}

/** The box at `start` that begins with `head`. */
function boxFrom(head: Uint8Array, source: ByteSource, start: number): Mp4Box | undefined {
  if (head.length < HEADER_BYTES) return undefined;
  const type = fourCharacters.read(head, 4);
  const size = readBoxSize(head, source.sizeBytes - start);
  if (size === undefined || (size.sizing === "open" && type === NO_TYPE)) return undefined;
  const hasId = type === "uuid" && size.sizing !== "64-bit" && size.bytes >= UUID_HEADER_BYTES;
  const owner = hasId ? ownerOf(head) : "foreign";
  return { type, sizing: size.sizing, owner, start, end: start + size.bytes };
}

/** The size of a box that begins with `head`, or undefined when it is smaller than its header or larger than the rest. */
export function readBoxSize(
  head: Uint8Array,
  remaining: number,
): { readonly sizing: BoxSizing; readonly bytes: number } | undefined {
  const size = uint32be.read(head, 0);
  if (size === 0) return { sizing: "open", bytes: remaining };
  if (size !== 1) return size >= HEADER_BYTES && size <= remaining ? { sizing: "32-bit", bytes: size } : undefined;
  if (head.length < HEADER_BYTES + uint64be.length) return undefined;
  const largeSize = uint64be.read(head, HEADER_BYTES);
  const isInside = largeSize >= HEADER_BYTES + uint64be.length && largeSize <= remaining;
  return isInside ? { sizing: "64-bit", bytes: largeSize } : undefined;
}

function ownerOf(head: Uint8Array): Mp4Box["owner"] {
  if (hasBytesAt(head, HEADER_BYTES, MANIFEST_BOX_ID)) return "manifest";
  return hasBytesAt(head, HEADER_BYTES, RESTORE_BOX_ID) ? "restore" : "foreign";
}
