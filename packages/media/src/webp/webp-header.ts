import type { ByteSource } from "@genblaze/core";
import { fourCharacters, uint32le } from "../binary/fields.js";
import { malformedMedia } from "../malformed-media.js";

/** "RIFF", the size of what follows, "WEBP". */
export const WEBP_HEADER_BYTES = 12;
/** Where the RIFF size stands. */
export const RIFF_SIZE_OFFSET = 4;

/** Whether the bytes begin as a WebP file. */
export function isWebp(head: Uint8Array): boolean {
  if (head.length < WEBP_HEADER_BYTES) return false;
  return fourCharacters.read(head, 0) === "RIFF" && fourCharacters.read(head, 8) === "WEBP";
}

/** The RIFF size of a WebP file; MEDIA_MALFORMED for anything else. */
export async function readRiffSize(source: ByteSource): Promise<number> {
  const head = await source.read(0, Math.min(source.sizeBytes, WEBP_HEADER_BYTES));
  if (!isWebp(head)) throw malformedMedia("This is no WebP file: it has no RIFF/WEBP header.");
  return uint32le.read(head, RIFF_SIZE_OFFSET);
}
