import type { ByteSource } from "@genblaze/core";
import { uint32be } from "../binary/fields.js";
import { malformedMedia } from "../malformed-media.js";
import { type Id3Body, readId3Body } from "./id3-body.js";
import { type Id3Frame, type Id3Sizing, isFrameId, readId3Frames } from "./id3-frames.js";
import { type Id3Header, readId3Header } from "./id3-header.js";
import { isManifestFrame } from "./id3-manifest-frame.js";
import { synchsafe } from "./synchsafe.js";

/** What embedding and stripping need to know of a tag. */
export interface Id3Tag {
  readonly header: Id3Header;
  readonly body: Id3Body;
  readonly sizing: Id3Sizing;
  /** Where the first frame begins in the content. */
  readonly framesStart: number;
  /** Our frames, in order. */
  readonly manifests: readonly Id3Frame[];
  /** Whether a checksum in the extended header covers the frames. */
  readonly hasChecksum: boolean;
}

/** Size and flags. */
const EXTENDED_HEADER_BYTES = 6;
const CHECKSUM_V23 = 0x80;
const CHECKSUM_V24 = 0x20;

/** The tag at the start of the file, or undefined when it begins with something else. */
export async function readId3Tag(source: ByteSource): Promise<Id3Tag | undefined> {
  const header = await readId3Header(source);
  if (header === undefined) return undefined;
  const body = await readId3Body(source, header);
  const { framesStart, hasChecksum } = await readExtendedHeader(body.content, header);
  const { frames, sizing } = await readId3Frames(body.content, header, framesStart);
  const manifests: Id3Frame[] = [];
  for (const frame of frames) {
    if (await isManifestFrame(body.content, header, frame)) manifests.push(frame);
  }
  return { header, body, sizing, framesStart, manifests, hasChecksum };
}

/** ID3v2.3, section 3.2, whose size leaves itself out; ID3v2.4 structure, section 3.2, whose size counts all. */
async function readExtendedHeader(
  content: ByteSource,
  header: Id3Header,
): Promise<Pick<Id3Tag, "framesStart" | "hasChecksum">> {
  if (!header.hasExtendedHeader) return { framesStart: 0, hasChecksum: false };
  const bytes = await content.read(0, Math.min(content.sizeBytes, EXTENDED_HEADER_BYTES));
  // Some writers set the flag and write no extended header; no size of one reads like the name of a frame.
  if (isFrameId(bytes.subarray(0, 4))) return { framesStart: 0, hasChecksum: false };
  if (bytes.length < EXTENDED_HEADER_BYTES) throw damaged();
  const framesStart = header.major === 3 ? 4 + uint32be.read(bytes, 0) : synchsafe.read(bytes, 0);
  if (framesStart < EXTENDED_HEADER_BYTES || framesStart > content.sizeBytes) throw damaged();
  // ID3v2.3 has two bytes of flags, ID3v2.4 their number and then the flags.
  const hasChecksum =
    header.major === 3 ? ((bytes[4] ?? 0) & CHECKSUM_V23) !== 0 : ((bytes[5] ?? 0) & CHECKSUM_V24) !== 0;
  return { framesStart, hasChecksum };
}

function damaged(): Error {
  return malformedMedia("The extended header of the ID3 tag is damaged.");
}
