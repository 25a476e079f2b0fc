import type { ByteSource } from "@genblaze/core";
import { hasBytesAt } from "../binary/bytes.js";
import { type Edit, lastAtOrBefore } from "../binary/pieces.js";
import type { Mp4Box } from "../mp4/mp4-boxes.js";
import { freeBox } from "../mp4/mp4-strip.js";
import { planOffsetShift } from "./file-offsets.js";
import { frameManifestAtom, readCreatedLevels } from "./ilst-atoms.js";
import { inOrder, planResize } from "./ilst-embed.js";
import { type IlstLayout, readIlstLayout } from "./ilst-layout.js";
import type { InnerBox } from "./inner-boxes.js";

/** What to take out, and the levels around it. */
interface Removal {
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
  readonly levels: readonly InnerBox[];
}

/** What to change so that the tags of a file carry nothing of ours. */
export async function planIlstStrip(source: ByteSource, boxes: readonly Mp4Box[]): Promise<readonly Edit[]> {
  const moov = boxes.find((box) => box.type === "moov");
  const layout = moov && (await readIlstLayout(source, moov));
  if (layout === undefined || layout.atoms.length === 0) return [];
  const removal = (await planRestore(source, layout)) ?? { ranges: layout.atoms, levels: layout.levels };
  const sizes = planResize(removal.levels, -removedBytes(removal.ranges));
  const offsets = await planOffsets(source, boxes, removal);
  // Where offsets cannot follow, nothing may move: `free` boxes of the same size take the place of our atoms.
  if (sizes === undefined || offsets === undefined) return layout.atoms.flatMap(freeBox);
  const edits = removal.ranges.map(({ start, end }) => ({ start, end }));
  return inOrder([...sizes, ...edits, ...offsets]);
}

/**
 * The outermost level that embedding made, when a restore atom says so. The record counts only where embedding would
 * have put it: that level ends the one around it and is, byte for byte, what embedding makes.
 */
async function planRestore(source: ByteSource, layout: IlstLayout): Promise<Removal | undefined> {
  const [manifest, restore, ...others] = layout.atoms;
  if (manifest?.role !== "manifest" || manifest.value === undefined || restore === undefined) return undefined;
  if (others.length > 0 || layout.hasForeignItems) return undefined;
  const depth = await readCreatedLevels(source, restore);
  if (depth === undefined) return undefined;
  const levels = layout.levels.slice(0, -depth);
  const created = layout.levels[levels.length];
  const payloadBytes = manifest.value.end - manifest.value.start;
  const { head, tail } = frameManifestAtom(payloadBytes, depth);
  if (created === undefined || created.end !== levels.at(-1)?.end) return undefined;
  if (created.end - created.start !== head.length + payloadBytes + tail.length) return undefined;
  const isHead = hasBytesAt(await source.read(created.start, head.length), 0, head);
  const isTail = hasBytesAt(await source.read(created.end - tail.length, tail.length), 0, tail);
  return isHead && isTail ? { ranges: [created], levels } : undefined;
}

/**
 * Every offset moves back by what is taken out before it. None points into what is taken out unless the file
 * is forged: then bytes of ours play as media, and without them it would be byte for byte the honest file.
 */
async function planOffsets(
  source: ByteSource,
  boxes: readonly Mp4Box[],
  { ranges }: Removal,
): Promise<readonly Edit[] | undefined> {
  const starts = ranges.map((range) => range.start);
  const ends = ranges.map((range) => range.end);
  const removedUpTo: number[] = [];
  for (const { start, end } of ranges) removedUpTo.push((removedUpTo.at(-1) ?? 0) + end - start);
  const shift = (offset: number) => {
    if (isInside(ranges, lastAtOrBefore(starts, offset), offset)) return undefined;
    const last = lastAtOrBefore(ends, offset);
    return offset < (ends[last] ?? 0) ? offset : offset - (removedUpTo[last] ?? 0);
  };
  return planOffsetShift(source, boxes, { position: ends.at(-1) ?? 0, shift, spareBoxes: 0 });
}

function isInside(ranges: Removal["ranges"], index: number, offset: number): boolean {
  const range = ranges[index];
  return range !== undefined && range.start <= offset && offset < range.end;
}

function removedBytes(ranges: Removal["ranges"]): number {
  return ranges.reduce((bytes, { start, end }) => bytes + end - start, 0);
}
