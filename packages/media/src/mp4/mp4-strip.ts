import type { ByteSource } from "@genblaze/core";
import { hasBytesAt } from "../binary/bytes.js";
import { fourCharacters, uint32be } from "../binary/fields.js";
import type { Edit } from "../binary/pieces.js";
import type { Mp4Layout } from "./mp4-layout.js";
import { OPEN_BOX_RECORD, UUID_HEADER_BYTES } from "./mp4-own-boxes.js";

/**
 * Boxes that nothing points at by file offset, so that they may move. Any other box keeps its place, and meta too, whose
 * item locations may point into itself.
 */
const MOVABLE_TYPES: ReadonlySet<string> = new Set(["moov", "udta", "mfra", "uuid", "free", "skip", "wide"]);
const ZEROS = new Uint8Array(1024 * 1024);

/** What to change so that no top-level box of a file is ours. */
export async function planMp4Strip(source: ByteSource, layout: Mp4Layout): Promise<readonly Edit[]> {
  return (await planRestore(source, layout)) ?? planRemoval(layout);
}

/**
 * Undoes an embedding that had to write out the size of an open last box. The record counts only where embedding
 * would have put it: after a box with a 32-bit size, before our manifest, which ends the file and is alone.
 */
async function planRestore(source: ByteSource, layout: Mp4Layout): Promise<readonly Edit[] | undefined> {
  const [opened, record, manifest] = layout.boxes.slice(-3);
  if (opened?.owner !== "foreign" || record?.owner !== "restore" || manifest?.owner !== "manifest") return undefined;
  const isAlone = layout.boxes.filter((box) => box.owner !== "foreign").length === 2;
  const isAtEnd = manifest.sizing === "32-bit" && layout.end === layout.sizeBytes;
  if (!isAlone || !isAtEnd || opened.sizing !== "32-bit" || opened.type === "\0\0\0\0") return undefined;
  if (record.end - record.start !== UUID_HEADER_BYTES + OPEN_BOX_RECORD.length) return undefined;
  const content = await source.read(record.start + UUID_HEADER_BYTES, OPEN_BOX_RECORD.length);
  if (!hasBytesAt(content, 0, OPEN_BOX_RECORD)) return undefined;
  return [
    { start: opened.start, end: opened.start + uint32be.length, replacement: [uint32be.write(0)] },
    { start: record.start, end: manifest.end },
  ];
}

/**
 * Takes our boxes out. Before media data, where file offsets (stco, co64, tfhd, sidx, tfra, saio, iloc) point past
 * our box, a `free` box of the same size takes its place: every offset stays right without a table being rewritten.
 */
function planRemoval(layout: Mp4Layout): readonly Edit[] {
  const lastPinned = layout.boxes.findLast((box) => box.owner === "foreign" && !MOVABLE_TYPES.has(box.type));
  const pinnedStart = lastPinned?.start ?? 0;
  return layout.boxes
    .filter((box) => box.owner !== "foreign")
    .flatMap((box) => (box.start < pinnedStart ? freeBox(box) : [{ start: box.start, end: box.end }]));
}

/** The size field stays, the type becomes `free`, the content zeros. The size of the box has 32 bits, or it is open. */
export function freeBox(box: { readonly start: number; readonly end: number }): Edit[] {
  const contentStart = box.start + 8;
  const zeros: Uint8Array[] = [];
  for (let left = box.end - contentStart; left > 0; left -= ZEROS.length) {
    zeros.push(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
  }
  return [{ start: box.start + 4, end: box.end, replacement: [fourCharacters.write("free"), ...zeros] }];
}
