import { hasBytesAt } from "../binary/bytes.js";
import { uint32le } from "../binary/fields.js";
import type { Edit } from "../binary/pieces.js";
import { type FlacBlock, LAST_BLOCK } from "./flac-blocks.js";
import { blockLengthEdit, blockTypeEdit } from "./flac-edits.js";
import type { FlacLayout } from "./flac-layout.js";
import { CREATED_VENDOR } from "./flac-manifest-comment.js";
import type { VorbisComments } from "./vorbis-comments.js";

/** What to change so that the comments carry nothing of ours. */
export function planFlacStrip({ blocks, comments }: FlacLayout): readonly Edit[] {
  const created = comments.filter(isCreatedBlock).map(({ block }) => block);
  const edits = comments.filter((each) => !created.includes(each.block)).flatMap(commentEdits);
  edits.push(...created.map(({ start, end }) => ({ start, end })), ...lastBlockEdits(blocks, created));
  return edits.sort((left, right) => left.start - right.start);
}

/** Whether the block is there for our manifest alone. Once another tool has added a comment, it stays. */
function isCreatedBlock({ block, vendor, count, manifests, end }: VorbisComments): boolean {
  const isOurs = vendor.length === CREATED_VENDOR.length && hasBytesAt(vendor, 0, CREATED_VENDOR);
  return isOurs && manifests.length === count && end === block.end;
}

/** The new length and number, and the ranges of our comments; neighbours are one range. */
function commentEdits({ block, countStart, count, manifests }: VorbisComments): Edit[] {
  if (manifests.length === 0) return [];
  const ranges: { start: number; end: number }[] = [];
  for (const { start, end } of manifests) {
    const last = ranges.at(-1);
    if (last?.end === start) last.end = end;
    else ranges.push({ start, end });
  }
  const removedBytes = ranges.reduce((bytes, { start, end }) => bytes + end - start, 0);
  const newCount = uint32le.write(count - manifests.length);
  return [
    blockLengthEdit(block, block.end - block.bodyStart - removedBytes),
    { start: countStart, end: countStart + uint32le.length, replacement: [newCount] },
    ...ranges,
  ];
}

/** When the last block goes, the one before it is the last. */
function lastBlockEdits(blocks: readonly FlacBlock[], removed: readonly FlacBlock[]): readonly Edit[] {
  const last = blocks.findLast((block) => !removed.includes(block));
  return last === undefined || last.isLast ? [] : [blockTypeEdit(last, LAST_BLOCK | last.type)];
}
