import type { ByteSource } from "@genblaze/core";
import { uint32be } from "../binary/fields.js";
import { malformedMedia } from "../malformed-media.js";
import type { Id3Header } from "./id3-header.js";
import { synchsafe } from "./synchsafe.js";

/** One frame of a tag; the offsets count in the content of the tag. */
export interface Id3Frame {
  readonly id: string;
  readonly start: number;
  readonly dataStart: number;
  readonly end: number;
  /** Status and format flags, 0 in ID3v2.2. */
  readonly flags: number;
}

/** How a frame says its size: 24 bits in ID3v2.2, 32 bits in ID3v2.3, synchsafe in ID3v2.4. */
export type Id3Sizing = "24-bit" | "32-bit" | "synchsafe";

export interface Id3Frames {
  readonly sizing: Id3Sizing;
  readonly frames: readonly Id3Frame[];
  /** Whether padding or the end of the tag follows the last frame, and nothing else. */
  readonly isWhole: boolean;
}

/** Real tags have dozens of frames, an audio book with chapters hundreds. */
const MAX_FRAMES = 10_000;
/** The last character is a blank or zero where a writer put an ID3v2.2 name into a later tag. */
const FRAME_ID = /^[A-Z][A-Z0-9]{2}[A-Z0-9 \0]?$/;

/**
 * The frames from `start`. iTunes wrote sizes of ID3v2.4 that are not synchsafe; as in the Python library, the
 * reading that gives more frames counts, and of two equal ones that which comes out at the end of the frames.
 */
export async function readId3Frames(content: ByteSource, header: Id3Header, start: number): Promise<Id3Frames> {
  if (header.major === 2) return walkFrames(content, start, "24-bit");
  const plain = await walkFrames(content, start, "32-bit");
  if (header.major === 3) return plain;
  const safe = await walkFrames(content, start, "synchsafe");
  const isPlain =
    plain.frames.length > safe.frames.length ||
    (plain.frames.length === safe.frames.length && plain.isWhole && !safe.isWhole);
  return isPlain ? plain : safe;
}

/** Whether the bytes are the name of a frame. */
export function isFrameId(bytes: Uint8Array): boolean {
  return FRAME_ID.test(String.fromCharCode(...bytes));
}

/** Length of a frame header: name, size, and flags from ID3v2.3 on. */
export function frameHeaderBytes(sizing: Id3Sizing): number {
  return sizing === "24-bit" ? 6 : 10;
}

async function walkFrames(content: ByteSource, start: number, sizing: Id3Sizing): Promise<Id3Frames> {
  const frames: Id3Frame[] = [];
  const headerBytes = frameHeaderBytes(sizing);
  let position = start;
  while (content.sizeBytes - position >= headerBytes) {
    const header = await content.read(position, headerBytes);
    if (header.every((byte) => byte === 0)) return { sizing, frames, isWhole: true };
    const frame = frameAt(position, header, sizing);
    if (frame === undefined || frame.end > content.sizeBytes) return { sizing, frames, isWhole: false };
    if (frames.length === MAX_FRAMES) throw malformedMedia(`The ID3 tag has more than ${MAX_FRAMES} frames.`);
    frames.push(frame);
    position = frame.end;
  }
  return { sizing, frames, isWhole: true };
}

function frameAt(start: number, header: Uint8Array, sizing: Id3Sizing): Id3Frame | undefined {
  const name = header.subarray(0, sizing === "24-bit" ? 3 : 4);
  if (!isFrameId(name)) return undefined;
  const dataStart = start + header.length;
  const [high = 0, low = 0] = sizing === "24-bit" ? [] : header.subarray(8);
  return {
    id: String.fromCharCode(...name),
    start,
    dataStart,
    end: dataStart + readSize(header, sizing),
    flags: high * 0x100 + low,
  };
}

function readSize(header: Uint8Array, sizing: Id3Sizing): number {
  // The byte before a 24-bit size is the end of the name.
  if (sizing === "24-bit") return uint32be.read(header, 2) & 0x00ff_ffff;
  return sizing === "32-bit" ? uint32be.read(header, 4) : synchsafe.read(header, 4);
}
