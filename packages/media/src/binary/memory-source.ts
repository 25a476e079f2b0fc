import type { ByteSource } from "@genblaze/core";
import { malformedMedia } from "../malformed-media.js";

/** Bytes in memory as a source; what it reads are views, not copies. */
export function createMemorySource(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    async read(offset, length) {
      assertInside(offset, length, bytes.length);
      return bytes.subarray(offset, offset + length);
    },
  };
}

/** Throws MEDIA_MALFORMED when a range reaches past the end: the file promises more bytes than it has. */
export function assertInside(offset: number, length: number, sizeBytes: number): void {
  if (offset >= 0 && length >= 0 && offset + length <= sizeBytes) return;
  throw malformedMedia(
    `The file ends at byte ${sizeBytes} but needs ${length} bytes from ${offset}; it is truncated or damaged.`,
  );
}
