import { isLayer3 } from "../mp3/mpeg-audio.js";
import { readFtypMediaType } from "./ftyp-brands.js";
import { findMagicNumber } from "./magic-numbers.js";

/** Synchronisation of an ADTS frame, and layer 0 (ISO/IEC 13818-7, section 6.2). */
const ADTS_MASK = 0xf6;
const ADTS_SYNC = 0xf0;

/**
 * The media type that the first bytes of a file tell, or undefined; 64 bytes are enough. A guess by the beginning
 * alone: that the rest is whole, nobody has checked.
 *
 * @example
 * sniffMediaType(Uint8Array.from(Buffer.from("GIF89a"))); // "image/gif"
 */
export function sniffMediaType(head: Uint8Array): string | undefined {
  return findMagicNumber(head) ?? readFtypMediaType(head) ?? sniffFrames(head);
}

/** Audio that begins with a frame has no more than a few bits to be known by. */
function sniffFrames(head: Uint8Array): string | undefined {
  const [sync, second = 0] = head;
  if (isLayer3(head)) return "audio/mpeg";
  return sync === 0xff && (second & ADTS_MASK) === ADTS_SYNC ? "audio/aac" : undefined;
}
