import type { ByteSource, MediaHandler } from "@genblaze/core";
import { MAX_UINT32 } from "./binary/fields.js";
import { m4aHandler } from "./m4a/m4a-handler.js";
import { visitMp4Boxes } from "./mp4/mp4-boxes.js";
import { mp4Handler } from "./mp4/mp4-handler.js";
import { wavHandler } from "./wav/wav-handler.js";
import { readWavLayout } from "./wav/wav-layout.js";

/** A box or chunk header; fewer bytes than this are no beginning of anything. */
const HEADER_BYTES = 8;

/**
 * Where a file without a manifest looks cut off: its first byte that begins a box or chunk which is not whole. A
 * guess for a message, since such bytes may also be there on purpose; zeros are padding. PNG refuses such a file.
 */
export async function findCut(source: ByteSource, handler: MediaHandler | undefined): Promise<number | undefined> {
  const end = await endOfParts(source, handler);
  if (source.sizeBytes - end < HEADER_BYTES) return undefined;
  const head = await source.read(end, HEADER_BYTES);
  return head.some((byte) => byte !== 0) ? end : undefined;
}

async function endOfParts(source: ByteSource, handler: MediaHandler | undefined): Promise<number> {
  if (handler === mp4Handler || handler === m4aHandler) return endOfBoxes(source);
  return handler === wavHandler ? endOfChunks(source) : source.sizeBytes;
}

async function endOfBoxes(source: ByteSource): Promise<number> {
  let end = 0;
  await visitMp4Boxes(source, (box) => {
    end = box.end;
    return true;
  });
  return end;
}

/** A data chunk with the placeholder of a streaming writer is whole. */
async function endOfChunks(source: ByteSource): Promise<number> {
  const { data, end } = await readWavLayout(source);
  const isCut = data !== undefined && data.bodyEnd > source.sizeBytes && data.size !== MAX_UINT32;
  return isCut ? data.start : end;
}
