import type { ByteSource } from "@genblaze/core";

/** Reads the first bytes of one box after the other. */
export interface BoxHeads {
  /** Up to {@link HEAD_LENGTH} bytes from `start`, when they have been read already. */
  peek(start: number): Uint8Array | undefined;
  /** The same bytes, read now. */
  load(start: number): Promise<Uint8Array>;
}

/** Size, type, and the identifier of a uuid box or a 64-bit size. */
const HEAD_LENGTH = 24;
const MAX_WINDOW_BYTES = 64 * 1024;

/**
 * Heads of boxes up to `end`. Boxes that lie close together are read together, and need no waiting for each; of
 * boxes that lie far apart only the heads are read.
 */
export function createBoxHeads(source: ByteSource, end: number): BoxHeads {
  let window: Uint8Array = new Uint8Array();
  let windowStart = 0;
  let windowBytes = HEAD_LENGTH;

  function peek(start: number): Uint8Array | undefined {
    const offset = start - windowStart;
    const length = Math.min(HEAD_LENGTH, end - start);
    return offset >= 0 && offset + length <= window.length ? window.subarray(offset, offset + length) : undefined;
  }

  async function load(start: number): Promise<Uint8Array> {
    const isNear = start - windowStart <= 2 * windowBytes;
    windowBytes = isNear ? Math.min(4 * windowBytes, MAX_WINDOW_BYTES) : HEAD_LENGTH;
    window = await source.read(start, Math.min(windowBytes, end - start));
    windowStart = start;
    return window.subarray(0, HEAD_LENGTH);
  }

  return { peek, load };
}
