import type { ByteSource } from "@genblaze/core";
import { createPieceSource } from "../binary/piece-source.js";
import { type Edit, piecesFromEdits } from "../binary/pieces.js";
import { malformedMedia } from "../malformed-media.js";
import { isCreatedTag } from "./id3-created-tag.js";
import { ID3_SIZE_OFFSET, type Id3Header, unsupportedId3 } from "./id3-header.js";
import { type Id3Tag, readId3Tag } from "./id3-tag.js";
import { synchsafe } from "./synchsafe.js";
import { isFalseSync } from "./unsynchronisation.js";

/**
 * What to change so that the tag at the start of the file carries nothing of ours. MEDIA_MALFORMED when a manifest
 * would appear in what is left.
 */
export async function planId3Strip(source: ByteSource): Promise<readonly Edit[]> {
  const tag = await readId3Tag(source);
  if (tag === undefined || tag.manifests.length === 0) return [];
  if (tag.hasChecksum) throw unsupportedId3("a checksum over its frames");
  if (await isCreatedTag(source, tag)) return [{ start: 0, end: tag.header.end }];
  const removals = await removalsOf(source, tag);
  const removed = removals.reduce(
    (bytes, { start, end, replacement }) => bytes + end - start - (replacement?.[0]?.length ?? 0),
    0,
  );
  const edits = withId3Size(tag.header, tag.header.bodyBytes - removed, removals);
  await assertNothingLeft(source, edits);
  return edits;
}

/**
 * A frame can be what makes a damaged tag read as it does: the only bytes that show that unsynchronisation was never
 * applied, or the name where an extended header is announced. Without it the rest would read as something else.
 */
async function assertNothingLeft(source: ByteSource, edits: readonly Edit[]): Promise<void> {
  const tag = await readId3Tag(createPieceSource(source, piecesFromEdits(source.sizeBytes, edits)));
  if (tag === undefined || tag.manifests.length === 0) return;
  throw malformedMedia("The ID3 tag is damaged: once its manifest is taken out, it reads differently and has another.");
}

/** These changes of the frames, and the new size in header and footer. */
export function withId3Size(header: Id3Header, bodyBytes: number, edits: readonly Edit[]): readonly Edit[] {
  const size = [synchsafe.write(bodyBytes)];
  const sizeEdit = (start: number) => ({ start, end: start + synchsafe.length, replacement: size });
  const footer = header.footerStart === undefined ? [] : [sizeEdit(header.footerStart + ID3_SIZE_OFFSET)];
  return [sizeEdit(ID3_SIZE_OFFSET), ...edits, ...footer];
}

/** The ranges of our frames; neighbours are one range. */
async function removalsOf(source: ByteSource, { manifests, body }: Id3Tag): Promise<readonly Edit[]> {
  const offsets = body.toFileOffsets(manifests.flatMap((frame) => [frame.start, frame.end]));
  const ranges: { start: number; end: number }[] = [];
  for (let index = 0; index < offsets.length; index += 2) {
    const [start = 0, end = 0] = offsets.slice(index, index + 2);
    const last = ranges.at(-1);
    if (last?.end === start) last.end = end;
    else ranges.push({ start, end });
  }
  if (!body.isDecoded) return ranges;
  return Promise.all(ranges.map((range) => keepingUnsynchronised(source, range)));
}

/** A zero takes the place of a frame where the bytes before and after it would otherwise make a new sequence. */
async function keepingUnsynchronised(source: ByteSource, { start, end }: Edit): Promise<Edit> {
  const [before] = await source.read(start - 1, 1);
  const [after] = end < source.sizeBytes ? await source.read(end, 1) : [];
  return isFalseSync(before, after) ? { start, end, replacement: [new Uint8Array(1)] } : { start, end };
}
