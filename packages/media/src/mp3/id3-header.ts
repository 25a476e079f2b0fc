import { type ByteSource, GenblazeError } from "@genblaze/core";
import { hasBytesAt } from "../binary/bytes.js";
import { latin1 } from "../binary/fields.js";
import { malformedMedia } from "../malformed-media.js";
import { isSynchsafe, synchsafe } from "./synchsafe.js";

/** The header of an ID3v2 tag at the start of a file. */
export interface Id3Header {
  /** ID3v2.2, 2.3 or 2.4. */
  readonly major: 2 | 3 | 4;
  readonly flags: number;
  readonly isUnsynchronised: boolean;
  readonly hasExtendedHeader: boolean;
  /** What stands between header and footer: extended header, frames, padding. */
  readonly bodyBytes: number;
  /** Where the footer begins, when there is one. */
  readonly footerStart: number | undefined;
  /** Where the tag ends. */
  readonly end: number;
}

/** "ID3", version, revision, flags, size. The footer is as long. */
export const ID3_HEADER_BYTES = 10;
/** Where the size stands in header and footer. */
export const ID3_SIZE_OFFSET = 6;

const ID3 = latin1("ID3");
const FOOTER = latin1("3DI");
const UNSYNCHRONISED = 0x80;
const EXTENDED_HEADER = 0x40;
const FOOTER_PRESENT = 0x10;
/**
 * Flags that each version defines. Others change what follows in a way that nobody knows, so they are refused, as
 * 0x40 in ID3v2.2: a compression that was never written down (ID3v2.2, section 3.1).
 */
const KNOWN_FLAGS = { 2: 0x80, 3: 0xe0, 4: 0xf0 } as const;

/** Whether the bytes begin with an ID3v2 tag. */
export function isId3(head: Uint8Array): boolean {
  return hasBytesAt(head, 0, ID3);
}

/** Where a tag at the start ends by what its header says, 0 without one; it may be beyond the bytes. */
export function endOfId3InHead(head: Uint8Array): number {
  if (!isId3(head) || head.length < ID3_HEADER_BYTES) return 0;
  const hasFooter = head[3] === 4 && ((head[5] ?? 0) & FOOTER_PRESENT) !== 0;
  return ID3_HEADER_BYTES + synchsafe.read(head, ID3_SIZE_OFFSET) + (hasFooter ? ID3_HEADER_BYTES : 0);
}

/** The tag at the start of the file, or undefined. MEDIA_MALFORMED when it is not whole, MEDIA_UNSUPPORTED when odd. */
export async function readId3Header(source: ByteSource): Promise<Id3Header | undefined> {
  const bytes = await source.read(0, Math.min(source.sizeBytes, ID3_HEADER_BYTES));
  if (!isId3(bytes)) return undefined;
  if (bytes.length < ID3_HEADER_BYTES || !isSynchsafe(bytes, ID3_SIZE_OFFSET)) {
    throw malformedMedia("The header of the ID3 tag is damaged.");
  }
  const major = bytes[3];
  const flags = bytes[5] ?? 0;
  if (major !== 2 && major !== 3 && major !== 4) throw unsupported(`version 2.${major}`);
  if ((flags & ~KNOWN_FLAGS[major]) !== 0) throw unsupported(`flags 0x${flags.toString(16)} in version 2.${major}`);
  const bodyBytes = synchsafe.read(bytes, ID3_SIZE_OFFSET);
  const bodyEnd = ID3_HEADER_BYTES + bodyBytes;
  const footerStart = major === 4 && (flags & FOOTER_PRESENT) !== 0 ? bodyEnd : undefined;
  const end = bodyEnd + (footerStart === undefined ? 0 : ID3_HEADER_BYTES);
  if (end > source.sizeBytes) throw malformedMedia(`The ID3 tag ends at byte ${end}, the file before that.`);
  if (footerStart !== undefined) await assertFooter(source, footerStart, bytes);
  return {
    major,
    flags,
    isUnsynchronised: (flags & UNSYNCHRONISED) !== 0,
    hasExtendedHeader: major !== 2 && (flags & EXTENDED_HEADER) !== 0,
    bodyBytes,
    footerStart,
    end,
  };
}

/** MEDIA_UNSUPPORTED for a tag that is whole, but that nothing can be put in. */
export function unsupportedId3(what: string): GenblazeError {
  return new GenblazeError("MEDIA_UNSUPPORTED", `The ID3 tag has ${what}. Put the manifest into a sidecar.`);
}

/** The footer repeats the header behind "3DI" (ID3v2.4 structure, section 3.4). */
async function assertFooter(source: ByteSource, start: number, header: Uint8Array): Promise<void> {
  const footer = await source.read(start, ID3_HEADER_BYTES);
  if (hasBytesAt(footer, 0, FOOTER) && hasBytesAt(footer, 3, header.subarray(3))) return;
  throw malformedMedia("The footer of the ID3 tag does not repeat its header.");
}

function unsupported(what: string): GenblazeError {
  return unsupportedId3(`${what}, which nobody has described`);
}
