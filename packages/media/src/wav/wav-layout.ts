import type { ByteSource } from "@genblaze/core";
import { MAX_UINT32 } from "../binary/fields.js";
import { MAX_PARTS } from "../limits.js";
import { malformedMedia } from "../malformed-media.js";
import { endOfChunk, type RiffChunk, readRiffChunk } from "./wav-chunks.js";
import { readWavHeader, WAV_HEADER_BYTES, type WavHeader } from "./wav-header.js";
import { type OwnedList, readOwnedList } from "./wav-info-list.js";
import { withLargeSize } from "./wav-large-sizes.js";

/** What embedding and stripping need to know of a file. */
export interface WavLayout extends WavHeader {
  readonly sizeBytes: number;
  /** Lists that carry something of ours, in order. */
  readonly lists: readonly OwnedList[];
  readonly data: RiffChunk | undefined;
  /** Whether the size of the data chunk is not the truth: the writer never came back to fill it in. */
  readonly isDataOpen: boolean;
  /** Whether the last chunk is odd and the file ends without its pad byte. */
  readonly isPadMissing: boolean;
  /** How many chunks and sub-chunks were looked at. */
  readonly partCount: number;
  /** Where the chunks end; bytes from here on are no whole chunk and stay at the end of the file. */
  readonly end: number;
}

/** Reads the layout of a file. The RIFF size is not trusted: chunks are walked to the end, as in the Python library. */
export async function readWavLayout(source: ByteSource): Promise<WavLayout> {
  const header = await readWavHeader(source);
  const { sizeBytes } = source;
  const lists: OwnedList[] = [];
  const counter = createPartCounter();
  let data: RiffChunk | undefined;
  let isPadMissing = false;
  let position = WAV_HEADER_BYTES;
  for (;;) {
    counter.add();
    const found = await readRiffChunk(source, position, sizeBytes);
    if (found === undefined) break;
    const chunk = withLargeSize(found, header.largeSizes);
    if (chunk.id === "data" && data === undefined) {
      data = chunk;
      if (isOpen(chunk, header.riffSize, sizeBytes)) {
        isPadMissing = (sizeBytes - chunk.bodyStart) % 2 === 1;
        return {
          ...header,
          sizeBytes,
          lists,
          data,
          isDataOpen: true,
          isPadMissing,
          partCount: counter.count,
          end: sizeBytes,
        };
      }
    }
    if (chunk.bodyEnd > sizeBytes) break;
    const list = await readOwnedList(source, chunk, counter.add);
    if (list !== undefined) lists.push(list);
    isPadMissing = chunk.bodyEnd + (chunk.size % 2) > sizeBytes;
    position = endOfChunk(chunk, sizeBytes);
  }
  return {
    ...header,
    sizeBytes,
    lists,
    data,
    isDataOpen: false,
    isPadMissing,
    partCount: counter.count,
    end: position,
  };
}

/**
 * A data chunk is open when its size is the placeholder of a streaming writer, reaches past the end, or is 0 while
 * audio follows: then no RIFF size vouches for what comes after it. Players read such a chunk to the end as well.
 */
function isOpen(chunk: RiffChunk, riffSize: number, sizeBytes: number): boolean {
  if (chunk.size === MAX_UINT32 || chunk.bodyEnd > sizeBytes) return true;
  if (chunk.size !== 0 || chunk.bodyEnd === sizeBytes) return false;
  const riffEnd = 8 + riffSize;
  return riffEnd <= chunk.bodyEnd || riffEnd > sizeBytes;
}

function createPartCounter() {
  let count = 0;
  return {
    get count() {
      return count;
    },
    add() {
      count += 1;
      if (count > MAX_PARTS) throw malformedMedia(`This WAV file has more than ${MAX_PARTS} chunks.`);
    },
  };
}
