import { concatBytes } from "../binary/bytes.js";
import { latin1, uint32be } from "../binary/fields.js";
import { writeDescription } from "./id3-description.js";
import { frameHeaderBytes, type Id3Sizing } from "./id3-frames.js";
import type { Id3Header } from "./id3-header.js";
import { manifestFrameId } from "./id3-manifest-frame.js";
import { assertId3Size } from "./id3-size-limit.js";
import { LATIN1, UTF8, UTF16, utf16le } from "./id3-text.js";
import { isSynchsafe, MAX_SYNCHSAFE, synchsafe } from "./synchsafe.js";

/** What of a tag decides how a frame in it is written. */
export interface FrameStyle extends Pick<Id3Header, "major" | "isUnsynchronised"> {
  readonly sizing: Id3Sizing;
}

const MAX_24_BIT = 0x00ff_ffff;

/** Our frame, whole; `ending` stands behind the manifest. MEDIA_TOO_LARGE when its size field cannot say its size. */
export function buildManifestFrame(payload: Uint8Array, style: FrameStyle, ending?: Uint8Array): Uint8Array {
  const data = [...frameText(payload, style), ending ?? new Uint8Array()];
  const length = data.reduce((sum, part) => sum + part.length, 0);
  const padding = paddingBytes(length, style);
  assertId3Size(length + padding, style.sizing === "24-bit" ? MAX_24_BIT : MAX_SYNCHSAFE);
  return concatBytes([frameHeader(length + padding, style), ...data, new Uint8Array(padding)]);
}

/**
 * UTF-8 from ID3v2.4 on. Before, plain ASCII or UTF-16 with a mark, whose FF must not stand in an unsynchronised tag:
 * there UTF-8 again, which readers go by although ID3v2.3 does not define it.
 */
function frameText(payload: Uint8Array, { major, isUnsynchronised }: FrameStyle): Uint8Array[] {
  if (major === 4) return [writeDescription(UTF8), payload];
  if (payload.every((byte) => byte < 0x80)) return [writeDescription(LATIN1), payload];
  if (isUnsynchronised) return [writeDescription(UTF8), payload];
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(payload);
  return [writeDescription(UTF16), Uint8Array.of(0xff, 0xfe), utf16le(text)];
}

/**
 * How many zeros behind the text make its size one that all readers take alike; they are no part of the text. Readers
 * of an unsynchronised tag disagree whether sizes count its extra zeros: without FF there are none. A size in a tag of
 * iTunes must not be taken for a synchsafe one: one with a highest bit cannot be.
 */
function paddingBytes(size: number, { major, isUnsynchronised, sizing }: FrameStyle): number {
  if (major === 4) return sizing === "32-bit" && isAmbiguous(size) ? 0x80 - (size & 0x7f) : 0;
  return isUnsynchronised ? sizeWithoutFf(size) - size : 0;
}

/** Whether a size means one number when synchsafe and another when not. */
function isAmbiguous(size: number): boolean {
  return size >= 0x80 && isSynchsafe(uint32be.write(size), 0);
}

/** The next number without a byte FF. */
function sizeWithoutFf(size: number): number {
  let padded = size;
  for (let unit = 1; unit <= 0x1_0000; unit *= 0x100) {
    if (Math.floor(padded / unit) % 0x100 === 0xff) padded = (Math.floor(padded / unit) + 1) * unit;
  }
  return padded;
}

function frameHeader(size: number, { major, sizing }: FrameStyle): Uint8Array {
  const header = new Uint8Array(frameHeaderBytes(sizing));
  header.set(latin1(manifestFrameId(major)));
  if (sizing === "24-bit") header.set(uint32be.write(size).subarray(1), 3);
  else header.set(sizing === "32-bit" ? uint32be.write(size) : synchsafe.write(size), 4);
  return header;
}
