/** Text encodings of ID3v2 (ID3v2.4 structure, section 4); ID3v2.2 and 2.3 define the first two. */
export const LATIN1 = 0;
export const UTF16 = 1;
export const UTF16_BE = 2;
export const UTF8 = 3;

const BYTE_ORDER_MARK_LE = [0xff, 0xfe];
const BYTE_ORDER_MARK_BE = [0xfe, 0xff];

/** Where the text that begins at `start` ends: at its terminator or at the end of the bytes. */
export function endOfText(bytes: Uint8Array, start: number, encoding: number): number {
  if (encoding !== UTF16 && encoding !== UTF16_BE) {
    const end = bytes.indexOf(0, start);
    return end < 0 ? bytes.length : end;
  }
  let end = start;
  while (end + 1 < bytes.length && (bytes[end] !== 0 || bytes[end + 1] !== 0)) end += 2;
  return end + 1 < bytes.length ? end : bytes.length;
}

/** The text as UTF-8; a byte order mark of UTF-16 is none of it. Undefined where UTF-16 is damaged. */
export function toUtf8(bytes: Uint8Array, encoding: number): Uint8Array | undefined {
  if (encoding === UTF8) return bytes;
  if (encoding === LATIN1) return latin1ToUtf8(bytes);
  const hasMark =
    encoding === UTF16 && (startsWith(bytes, BYTE_ORDER_MARK_LE) || startsWith(bytes, BYTE_ORDER_MARK_BE));
  const isBigEndian = encoding === UTF16_BE || startsWith(bytes, BYTE_ORDER_MARK_BE);
  try {
    // Without a mark the Python library reads little-endian.
    const decoder = new TextDecoder(isBigEndian ? "utf-16be" : "utf-16le", { fatal: true, ignoreBOM: true });
    return new TextEncoder().encode(decoder.decode(bytes.subarray(hasMark ? 2 : 0)));
  } catch {
    return undefined;
  }
}

/** The code units of a text, least significant byte first, without a mark. */
export function utf16le(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    bytes[index * 2] = unit & 0xff;
    bytes[index * 2 + 1] = unit >>> 8;
  }
  return bytes;
}

/** `TextDecoder("latin1")` is windows-1252, so the two-byte characters are written here. */
function latin1ToUtf8(bytes: Uint8Array): Uint8Array {
  const wideCount = bytes.reduce((count, byte) => count + (byte >>> 7), 0);
  if (wideCount === 0) return bytes;
  const encoded = new Uint8Array(bytes.length + wideCount);
  let length = 0;
  for (const byte of bytes) {
    if (byte >= 0x80) {
      encoded[length] = 0xc0 | (byte >>> 6);
      length += 1;
    }
    encoded[length] = byte >= 0x80 ? 0x80 | (byte & 0x3f) : byte;
    length += 1;
  }
  return encoded;
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return bytes[0] === mark[0] && bytes[1] === mark[1];
}
