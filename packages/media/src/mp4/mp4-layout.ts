import type { ByteSource } from "@genblaze/core";
import { hasBytesAt } from "../binary/bytes.js";
import { fourCharacters } from "../binary/fields.js";
import { malformedMedia } from "../malformed-media.js";
import { isSizeImpossible, type Mp4Box, readBoxHead, visitMp4Boxes } from "./mp4-boxes.js";
import { MANIFEST_BOX_ID } from "./mp4-own-boxes.js";

/** What embedding and stripping need to know of a file. */
export interface Mp4Layout {
  readonly sizeBytes: number;
  readonly boxes: readonly Mp4Box[];
  /** Where the boxes end; bytes from here on are no box and stay at the end of the file. */
  readonly end: number;
}

/** Boxes whose bytes are pointed at: when one of them is cut off, the file is truncated, and bytes must not be put before it. */
const MEDIA_TYPES: ReadonlySet<string> = new Set(["mdat", "moov", "moof"]);

/** Reads the layout of a file; MEDIA_MALFORMED when its last box is cut off or damaged. */
export async function readMp4Layout(source: ByteSource): Promise<Mp4Layout> {
  const boxes: Mp4Box[] = [];
  await visitMp4Boxes(source, (box) => boxes.push(box) > 0);
  const end = boxes.at(-1)?.end ?? 0;
  if (end < source.sizeBytes) await assertEndsWhole(source, end);
  return { sizeBytes: source.sizeBytes, boxes, end };
}

async function assertEndsWhole(source: ByteSource, start: number): Promise<void> {
  const head = await readBoxHead(source, start);
  if (head.length < 8) return;
  const type = fourCharacters.read(head, 4);
  const isOurs = type === "uuid" && hasBytesAt(head, 8, MANIFEST_BOX_ID);
  if (!isOurs && !MEDIA_TYPES.has(type)) return;
  const box = `its ${type} box at byte ${start}`;
  if (isSizeImpossible(head)) throw malformedMedia(`This MP4 file is damaged: ${box} is smaller than its own header.`);
  throw malformedMedia(`This MP4 file is truncated: ${box} is cut off.`);
}
