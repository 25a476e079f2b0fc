import type { ByteSource } from "@genblaze/core";
import { MAX_MANIFEST_BYTES } from "@genblaze/core/manifest";
import { malformedMedia } from "../malformed-media.js";
import { assertPayloadReadable } from "../payload-limit.js";
import { MAX_BEGINNING_BYTES, readDescription } from "./id3-description.js";
import type { Id3Frame } from "./id3-frames.js";
import type { Id3Header } from "./id3-header.js";
import { endOfText, toUtf8 } from "./id3-text.js";
import { undoUnsynchronisation } from "./unsynchronisation.js";

/**
 * Format flags of frames that are not looked into: grouped, compressed and encrypted ones (ID3v2.3, section 3.3.1;
 * ID3v2.4 structure, section 4.1.2). No writer of manifests makes them, so they count as foreign.
 */
const FOREIGN_FLAGS = { 2: 0, 3: 0xe0, 4: 0x4c } as const;
const FRAME_UNSYNCHRONISED = 0x02;
const DATA_LENGTH_INDICATOR = 0x01;
const DATA_LENGTH_BYTES = 4;
/** What is read of a frame at most: the largest manifest in UTF-16 with its mark and the zeros that end it. */
const MAX_DATA_BYTES = MAX_BEGINNING_BYTES + 2 * (MAX_MANIFEST_BYTES + 2);

/** Whether a frame is a user-defined text with our description. */
export async function isManifestFrame(content: ByteSource, header: Id3Header, frame: Id3Frame): Promise<boolean> {
  if (frame.id !== manifestFrameId(header.major) || (frame.flags & FOREIGN_FLAGS[header.major]) !== 0) return false;
  // Unsynchronisation can double every byte; an FF at the cut would look as if it had never been applied.
  const data = await readData(content, header, frame, MAX_BEGINNING_BYTES * 2);
  return readDescription(data) !== undefined;
}

/** TXXX, which ID3v2.2 calls TXX. */
export function manifestFrameId(major: Id3Header["major"]): string {
  return major === 2 ? "TXX" : "TXXX";
}

/** The first text of our frame as UTF-8; ID3v2.4 can put several behind each other. */
export async function readManifestFrame(content: ByteSource, header: Id3Header, frame: Id3Frame): Promise<Uint8Array> {
  const data = await readData(content, header, frame, MAX_DATA_BYTES);
  const description = readDescription(data);
  if (description === undefined) throw cannotBeRead("its unsynchronisation is damaged");
  const { encoding, textStart } = description;
  const end = endOfText(data, textStart, encoding);
  const isCut = end === data.length && frame.end - frame.dataStart > MAX_DATA_BYTES;
  if (isCut) assertPayloadReadable(frame.end - frame.dataStart, "MP3");
  const payload = toUtf8(data.subarray(textStart, end), encoding);
  if (payload === undefined) throw cannotBeRead("its text is no whole UTF-16");
  assertPayloadReadable(payload.length, "MP3");
  return payload;
}

/** The first bytes of the data of a frame, without data length and unsynchronisation. */
async function readData(content: ByteSource, header: Id3Header, frame: Id3Frame, most: number): Promise<Uint8Array> {
  const hasLength = header.major === 4 && (frame.flags & DATA_LENGTH_INDICATOR) !== 0;
  const start = Math.min(frame.dataStart + (hasLength ? DATA_LENGTH_BYTES : 0), frame.end);
  const length = Math.min(frame.end - start, most);
  const data = await content.read(start, length);
  const isUnsynchronised = header.isUnsynchronised || (frame.flags & FRAME_UNSYNCHRONISED) !== 0;
  if (header.major !== 4 || !isUnsynchronised) return data;
  const isCut = start + length < frame.end && data.at(-1) === 0xff;
  return undoUnsynchronisation(isCut ? data.subarray(0, -1) : data) ?? data;
}

function cannotBeRead(reason: string): Error {
  return malformedMedia(`The manifest frame of the ID3 tag cannot be read: ${reason}.`);
}
