import type { ByteSource } from "@genblaze/core";
import { uint32be } from "../binary/fields.js";
import { type InnerBox, readInnerBoxes } from "./inner-boxes.js";

/** Numbers in a file that are offsets from its beginning, one every `stride` bytes. */
export interface OffsetTable {
  readonly start: number;
  readonly count: number;
  readonly width: 4 | 8;
  readonly stride: number;
}

/** The tables of a box, or undefined when its offsets cannot be kept right. */
type TableReader = (source: ByteSource, box: InnerBox) => Promise<readonly OffsetTable[] | undefined>;

/** Every full box begins with them. */
const VERSION_AND_FLAGS_BYTES = 4;
/** An entry of dref that means this file (ISO/IEC 14496-12, section 8.7.2). */
const SELF_CONTAINED_FLAG = 1;
const FILE_ENTRIES: ReadonlySet<string> = new Set(["url ", "urn ", "alis"]);
const MAX_DATA_REFERENCES = 1000;

/**
 * The boxes that hold file offsets, by path (ISO/IEC 14496-12): chunk offsets, sample auxiliary information outside
 * of fragments, the base of a fragment, random access entries. A data reference to another file, item locations
 * and a compressed moov hold offsets that are not followed.
 */
export const OFFSET_BOXES: ReadonlyMap<string, TableReader> = new Map<string, TableReader>([
  ["moov/trak/mdia/minf/stbl/stco", (source, box) => readChunkOffsets(source, box, 4)],
  ["moov/trak/mdia/minf/stbl/co64", (source, box) => readChunkOffsets(source, box, 8)],
  ["moov/trak/mdia/minf/stbl/saio", readAuxiliaryOffsets],
  ["moov/trak/mdia/minf/dinf/dref", readDataReferences],
  ["moof/traf/tfhd", readFragmentBase],
  ["mfra/tfra", readRandomAccess],
  ["moov/cmov", refuse],
  ...["", "moov/", "moov/udta/", "moov/trak/", "moov/trak/udta/", "moof/", "moof/traf/", "meco/"].map(
    (path): [string, TableReader] => [`${path}meta/iloc`, refuse],
  ),
]);

async function refuse(): Promise<undefined> {
  return undefined;
}

async function readChunkOffsets(source: ByteSource, box: InnerBox, width: 4 | 8) {
  return tableAfterCount(source, box, box.contentStart + VERSION_AND_FLAGS_BYTES, width);
}

/** Section 8.7.9; the type of the information and its parameter are there when flag 1 says so. */
async function readAuxiliaryOffsets(source: ByteSource, box: InnerBox) {
  const versionAndFlags = await numberAt(source, box, box.contentStart);
  if (versionAndFlags === undefined) return undefined;
  const countStart = box.contentStart + VERSION_AND_FLAGS_BYTES + ((versionAndFlags & 1) === 1 ? 8 : 0);
  return tableAfterCount(source, box, countStart, versionOf(versionAndFlags) === 0 ? 4 : 8);
}

/** Section 8.8.7; the base offset follows the track number when flag 1 says so. */
async function readFragmentBase(source: ByteSource, box: InnerBox) {
  const versionAndFlags = await numberAt(source, box, box.contentStart);
  if (versionAndFlags === undefined) return undefined;
  if ((versionAndFlags & 1) === 0) return [];
  return tableInside(box, { start: box.contentStart + 8, count: 1, width: 8, stride: 8 });
}

/** Section 8.8.10: each entry is a time, an offset, and three numbers whose lengths are said before. */
async function readRandomAccess(source: ByteSource, box: InnerBox) {
  const versionAndFlags = await numberAt(source, box, box.contentStart);
  const lengths = await numberAt(source, box, box.contentStart + 8);
  const count = await numberAt(source, box, box.contentStart + 12);
  if (versionAndFlags === undefined || lengths === undefined || count === undefined) return undefined;
  const width = versionOf(versionAndFlags) === 0 ? 4 : 8;
  const numberBytes = ((lengths >>> 4) & 3) + ((lengths >>> 2) & 3) + (lengths & 3) + 3;
  const start = box.contentStart + 16 + width;
  return tableInside(box, { start, count, width, stride: 2 * width + numberBytes });
}

/** No table of its own: whether all chunk offsets of the track are offsets in this file. */
async function readDataReferences(source: ByteSource, box: InnerBox) {
  const first = box.contentStart + VERSION_AND_FLAGS_BYTES + uint32be.length;
  const { boxes, isWhole } = await readInnerBoxes(source, first, box.end, MAX_DATA_REFERENCES);
  for (const entry of boxes) {
    const flags = await numberAt(source, entry, entry.contentStart);
    const isHere = flags !== undefined && (flags & SELF_CONTAINED_FLAG) === SELF_CONTAINED_FLAG;
    if (!isHere || !FILE_ENTRIES.has(entry.type)) return undefined;
  }
  return isWhole ? [] : undefined;
}

async function tableAfterCount(source: ByteSource, box: InnerBox, countStart: number, width: 4 | 8) {
  const count = await numberAt(source, box, countStart);
  if (count === undefined) return undefined;
  return tableInside(box, { start: countStart + uint32be.length, count, width, stride: width });
}

/** A table that reaches past its box is damaged. */
function tableInside(box: InnerBox, table: OffsetTable): readonly OffsetTable[] | undefined {
  if (table.count === 0) return [];
  return tableEnd(table) <= box.end ? [table] : undefined;
}

/** Where the last offset of a table ends. */
export function tableEnd({ start, count, width, stride }: OffsetTable): number {
  return start + (count - 1) * stride + width;
}

async function numberAt(source: ByteSource, box: InnerBox, start: number): Promise<number | undefined> {
  if (box.end - start < uint32be.length) return undefined;
  return uint32be.read(await source.read(start, uint32be.length), 0);
}

function versionOf(versionAndFlags: number): number {
  return versionAndFlags >>> 24;
}
