import type { ByteSource } from "@genblaze/core";

/** A source that is read through one window, so that walking and searching a big file takes few reads. */
export interface SearchableSource extends ByteSource {
  /** The bytes from `offset` that are at hand: `minimum` of them or more, fewer only where the file ends. */
  window(offset: number, minimum: number): Promise<Uint8Array>;
  /** Where `needle` begins first in the bytes from `from` to `to`; -1 when it is not there. */
  find(needle: Uint8Array, from: number, to: number): Promise<number>;
}

/** Large enough for few reads, small enough that memory does not grow with the file. */
const WINDOW_BYTES = 256 * 1024;

/** Wraps a source. What it gives are views, valid for as long as they are held. */
export function createSearchableSource(source: ByteSource): SearchableSource {
  const { sizeBytes } = source;
  let start = 0;
  let held: Buffer = Buffer.alloc(0);

  async function window(offset: number, minimum: number): Promise<Buffer> {
    const wanted = Math.min(minimum, sizeBytes - offset);
    if (offset < start || offset + wanted > start + held.length) {
      const bytes = await source.read(offset, Math.min(Math.max(wanted, WINDOW_BYTES), sizeBytes - offset));
      held = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      start = offset;
    }
    return held.subarray(offset - start);
  }

  return {
    sizeBytes,
    window,
    async read(offset, length) {
      if (length > WINDOW_BYTES || offset < 0 || offset + length > sizeBytes) return source.read(offset, length);
      return (await window(offset, length)).subarray(0, length);
    },
    async find(needle, from, to) {
      const limit = Math.min(to, sizeBytes);
      let position = from;
      while (position + needle.length <= limit) {
        const bytes = await window(position, needle.length);
        const index = bytes.subarray(0, limit - position).indexOf(needle);
        if (index >= 0) return position + index;
        // The needle may lie across the end of the window.
        position += bytes.length - needle.length + 1;
      }
      return -1;
    },
  };
}
