import type { ByteSource } from "@genblaze/core";
import { MAX_UINT32 } from "../binary/fields.js";
import type { Edit } from "../binary/pieces.js";
import type { Mp4Box } from "../mp4/mp4-boxes.js";
import { type InnerBox, readInnerBoxes, withContentStart } from "./inner-boxes.js";
import { OFFSET_BOXES, type OffsetTable, tableEnd } from "./offset-tables.js";

/** Where bytes go in or out, and what that makes of the offsets. */
export interface OffsetChange {
  /** The last position at which the file changes its length. */
  readonly position: number;
  /** Where an offset leads afterwards; undefined when it leads nowhere then. */
  readonly shift: (offset: number) => number | undefined;
  /** How many boxes of ours may be there now that are not there in the other direction. */
  readonly spareBoxes: number;
}

/** A box whose boxes are still to be searched. */
interface Container {
  readonly path: string;
  readonly box: InnerBox;
}

/** Most boxes that are searched for offsets: fragments of two seconds each for five hours. */
const MAX_SEARCHED_BOXES = 50_000;
/** All tables together, four million chunks: they are held in memory while they are rewritten. */
const MAX_TABLE_BYTES = 16 * 1024 * 1024;
/** Larger than any file, and still exact as a number. */
const MAX_OFFSET = 2 ** 52;

const TOP_LEVEL: ReadonlySet<string> = new Set(["moov", "moof", "mfra", "meta", "meco"]);
/** Every path that leads to a box with offsets. */
const CONTAINERS: ReadonlySet<string> = new Set([...OFFSET_BOXES.keys()].flatMap(pathsAbove));

/**
 * The changes that keep every file offset right, or undefined when that is not certain: an offset does not fit its
 * field or cannot be shifted, a box that is not followed holds some, or the file is beyond our limits. Stripping gets
 * the same answer for what embedding wrote, since nothing that is looked at depends on the length of what went in.
 */
export async function planOffsetShift(
  source: ByteSource,
  boxes: readonly Mp4Box[],
  change: OffsetChange,
): Promise<readonly Edit[] | undefined> {
  // A segment index counts from its own end to the fragments, over whatever lies between.
  if (boxes.some((box) => box.type === "sidx" && box.start < change.position)) return undefined;
  const tables = await findTables(source, boxes, MAX_SEARCHED_BOXES - change.spareBoxes);
  if (tables === undefined) return undefined;
  const edits: Edit[] = [];
  for (const table of tables) {
    // A copy: what a source gives is a view, and the `slice` of a Buffer would be one too.
    const bytes = new Uint8Array(await source.read(table.start, tableEnd(table) - table.start));
    const outcome = shiftTable(bytes, table, change.shift);
    if (outcome === "impossible") return undefined;
    if (outcome === "changed") edits.push({ start: table.start, end: tableEnd(table), replacement: [bytes] });
  }
  return edits;
}

async function findTables(
  source: ByteSource,
  boxes: readonly Mp4Box[],
  maxBoxes: number,
): Promise<readonly OffsetTable[] | undefined> {
  const tables: OffsetTable[] = [];
  const pending: Container[] = boxes.filter((box) => TOP_LEVEL.has(box.type)).map(topLevelContainer);
  let boxesLeft = maxBoxes;
  let tableBytes = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { boxes: inner } = await readInnerBoxes(source, contentOf(next.box), next.box.end, boxesLeft + 1);
    boxesLeft -= inner.length;
    if (boxesLeft < 0) return undefined;
    for (const box of inner) {
      const path = `${next.path}/${box.type}`;
      if (CONTAINERS.has(path)) pending.push({ path, box });
      const readTables = OFFSET_BOXES.get(path);
      if (readTables === undefined) continue;
      const found = await readTables(source, box);
      if (found === undefined) return undefined;
      for (const table of found) tableBytes += tableEnd(table) - table.start;
      if (tableBytes > MAX_TABLE_BYTES) return undefined;
      tables.push(...found);
    }
  }
  return tables;
}

function topLevelContainer(box: Mp4Box): Container {
  return { path: box.type, box: withContentStart(box) };
}

/** Version and flags stand before the boxes of a meta box. */
function contentOf(box: InnerBox): number {
  return box.type === "meta" ? Math.min(box.contentStart + 4, box.end) : box.contentStart;
}

/** Shifts the offsets in place. */
function shiftTable(
  bytes: Uint8Array,
  { count, width, stride }: OffsetTable,
  shift: OffsetChange["shift"],
): "changed" | "unchanged" | "impossible" {
  // One view for the whole table: it can hold millions of offsets.
  const view = new DataView(bytes.buffer);
  const limit = width === 4 ? MAX_UINT32 : MAX_OFFSET;
  let outcome: "changed" | "unchanged" = "unchanged";
  for (let index = 0; index < count; index += 1) {
    const position = index * stride;
    const offset = width === 4 ? view.getUint32(position) : Number(view.getBigUint64(position));
    const shifted = shift(offset);
    if (shifted === undefined || offset > limit || shifted > limit) return "impossible";
    if (shifted === offset) continue;
    if (width === 4) view.setUint32(position, shifted);
    else view.setBigUint64(position, BigInt(shifted));
    outcome = "changed";
  }
  return outcome;
}

/** "a/b/c" is in "a/b", which is in "a". */
function pathsAbove(path: string): string[] {
  const steps = path.split("/");
  return steps.slice(1).map((_, index) => steps.slice(0, index + 1).join("/"));
}
