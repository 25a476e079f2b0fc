import type { ByteSource } from "@genblaze/core";
import { fourCharacters } from "../binary/fields.js";
import { endOfChunk, type RiffChunk, readRiffChunk } from "./wav-chunks.js";
import { MANIFEST_TAG, RESTORE_TAG } from "./wav-manifest-list.js";

/** A sub-chunk of ours. */
interface OwnTag extends RiffChunk {
  /** After its pad byte. */
  readonly end: number;
}

/** A LIST/INFO chunk that carries something of ours. */
export interface OwnedList extends RiffChunk {
  readonly tags: readonly OwnTag[];
  /** Whether it carries nothing but ours. */
  readonly isOursAlone: boolean;
  /** After its pad byte. */
  readonly end: number;
}

/** "INFO". */
const LIST_TYPE_BYTES = 4;

/** Reads a LIST chunk that lies inside the file; undefined when it is no INFO list or carries nothing of ours. */
export async function readOwnedList(
  source: ByteSource,
  chunk: RiffChunk,
  countPart: () => void,
): Promise<OwnedList | undefined> {
  if (chunk.id !== "LIST" || chunk.size < LIST_TYPE_BYTES) return undefined;
  if (fourCharacters.read(await source.read(chunk.bodyStart, LIST_TYPE_BYTES), 0) !== "INFO") return undefined;
  const tags: OwnTag[] = [];
  let ownBytes = LIST_TYPE_BYTES;
  let position = chunk.bodyStart + LIST_TYPE_BYTES;
  for (;;) {
    countPart();
    const tag = await readRiffChunk(source, position, chunk.bodyEnd);
    if (tag === undefined || tag.bodyEnd > chunk.bodyEnd) break;
    const end = endOfChunk(tag, chunk.bodyEnd);
    if (tag.id === MANIFEST_TAG || tag.id === RESTORE_TAG) {
      tags.push({ ...tag, end });
      ownBytes += end - tag.start;
    }
    position = end;
  }
  if (tags.length === 0) return undefined;
  return { ...chunk, tags, isOursAlone: ownBytes === chunk.size, end: endOfChunk(chunk, source.sizeBytes) };
}
