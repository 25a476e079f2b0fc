import type { GenblazeError } from "@genblaze/core";
import { hasBytesAt } from "../binary/bytes.js";
import type { Edit } from "../binary/pieces.js";
import { malformedMedia } from "../malformed-media.js";
import { endOfChunk, type RiffChunk, readRiffChunk } from "../wav/wav-chunks.js";
import { assertFewManifests } from "../xmp/assert-few-manifests.js";
import { blankElements } from "../xmp/blank-elements.js";
import { type OwnPacket, readOwnPacket } from "../xmp/own-packet.js";
import type { SearchableSource } from "../xmp/searchable-source.js";
import { readRiffSize, WEBP_HEADER_BYTES } from "./webp-header.js";
import { describeImage, VP8X_BODY_BYTES, XMP_FLAG } from "./webp-vp8x.js";

/** An `XMP ` chunk that holds our packet and nothing else. */
export interface OwnChunk {
  readonly start: number;
  /** After its pad byte. */
  readonly end: number;
  readonly packet: OwnPacket;
}

/** What embedding and stripping need to know of a file. */
export interface WebpLayout {
  readonly sizeBytes: number;
  readonly riffSize: number;
  readonly first: RiffChunk | undefined;
  /** The first byte of the body of VP8X; undefined when the file does not begin with one. */
  readonly flags: number | undefined;
  /** What VP8X says of the image that stands first, or after it: undefined when none stands there. */
  readonly description: Uint8Array | undefined;
  /** Whether VP8X says nothing that the image does not say itself. */
  readonly isVp8xPlain: boolean;
  readonly ownChunks: readonly OwnChunk[];
  readonly hasForeignXmp: boolean;
  /** What takes our elements out of foreign packets; no size changes. */
  readonly blanks: readonly Edit[];
  /** Whether the last chunk is odd and ends without its pad byte. */
  readonly isPadMissing: boolean;
  /** Where the chunks end. */
  readonly end: number;
}

/** An animation has a chunk for each frame: this many last an hour. A file with more is made to keep us busy. */
const MAX_CHUNKS = 100_000;

/**
 * Reads the layout of a file. Chunks are walked to the end of RIFF or of the file; up to seven bytes that are no
 * chunk may follow, and anything after RIFF. A chunk that is not whole: MEDIA_MALFORMED.
 */
export async function readWebpLayout(source: SearchableSource): Promise<WebpLayout> {
  const riffSize = await readRiffSize(source);
  const limit = Math.min(8 + riffSize, source.sizeBytes);
  const leading: RiffChunk[] = [];
  const ownChunks: OwnChunk[] = [];
  const blanks: Edit[] = [];
  let hasForeignXmp = false;
  let isPadMissing = false;
  let position = WEBP_HEADER_BYTES;
  for (let count = 0; ; count += 1) {
    if (count > MAX_CHUNKS) throw malformed(`it has more than ${MAX_CHUNKS} chunks`);
    const chunk = await readRiffChunk(source, position, limit);
    if (chunk === undefined) break;
    if (chunk.bodyEnd > limit) throw malformed(`the chunk at byte ${chunk.start} is truncated`);
    if (count < 2) leading.push(chunk);
    isPadMissing = chunk.bodyEnd + (chunk.size % 2) > limit;
    position = endOfChunk(chunk, limit);
    if (chunk.id !== "XMP ") continue;
    const packet = await readOwnPacket(source, chunk.bodyStart, chunk.bodyEnd);
    if (packet?.end === chunk.bodyEnd) {
      ownChunks.push({ start: chunk.start, end: position, packet });
      assertFewManifests(ownChunks.length, "WebP");
      continue;
    }
    hasForeignXmp = true;
    for await (const blank of blankElements(source, chunk.bodyStart, chunk.bodyEnd)) {
      blanks.push(blank);
      assertFewManifests(blanks.length, "WebP");
    }
  }
  const image = await readImage(source, leading);
  const { sizeBytes } = source;
  return { sizeBytes, riffSize, ...image, ownChunks, hasForeignXmp, blanks, isPadMissing, end: position };
}

type ImageLayout = Pick<WebpLayout, "first" | "flags" | "description" | "isVp8xPlain">;

async function readImage(source: SearchableSource, [first, second]: readonly RiffChunk[]): Promise<ImageLayout> {
  const isExtended = first?.id === "VP8X" && first.size >= VP8X_BODY_BYTES;
  const image = isExtended ? second : first;
  const description = image && (await describeImage(source, image));
  if (!isExtended) return { first, flags: undefined, description, isVp8xPlain: false };
  const body = Uint8Array.from(await source.read(first.bodyStart, VP8X_BODY_BYTES));
  const [flags = 0] = body;
  body[0] = flags | XMP_FLAG;
  const isVp8xPlain = first.size === VP8X_BODY_BYTES && description !== undefined && hasBytesAt(body, 0, description);
  return { first, flags, description, isVp8xPlain };
}

function malformed(reason: string): GenblazeError {
  return malformedMedia(`This is no whole WebP file: ${reason}.`);
}
