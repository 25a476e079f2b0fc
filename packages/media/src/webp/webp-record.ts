/** What embedding did that the structure of the file does not show afterwards. */
export interface WebpRecord {
  /** The RIFF size that was written anew because it was wrong. */
  readonly riffSize: number | undefined;
  /** Whether a missing pad byte was put before our chunk. */
  readonly isPadded: boolean;
  /** Whether the VP8X chunk is ours. */
  readonly isVp8xOurs: boolean;
  /** Whether the VP8X chunk said before that the file contains XMP. */
  readonly hadXmpFlag: boolean;
}

const RIFF_SIZE_BIT = 1;
const PADDED_BIT = 2;
const VP8X_BIT = 4;
const XMP_FLAG_BIT = 8;
const RECORD_TEXT = /^[0-9a-f]{10}$/;

/** The record as text: RIFF size and bits, 32 and 8 bits in hexadecimal. */
export function writeWebpRecord(record: WebpRecord): string {
  const bits =
    (record.riffSize === undefined ? 0 : RIFF_SIZE_BIT) |
    (record.isPadded ? PADDED_BIT : 0) |
    (record.isVp8xOurs ? VP8X_BIT : 0) |
    (record.hadXmpFlag ? XMP_FLAG_BIT : 0);
  return (record.riffSize ?? 0).toString(16).padStart(8, "0") + bits.toString(16).padStart(2, "0");
}

/** The record that a text says, or undefined when it is none. */
export function readWebpRecord(text: string): WebpRecord | undefined {
  if (!RECORD_TEXT.test(text)) return undefined;
  const bits = Number.parseInt(text.slice(8), 16);
  return {
    riffSize: (bits & RIFF_SIZE_BIT) === 0 ? undefined : Number.parseInt(text.slice(0, 8), 16),
    isPadded: (bits & PADDED_BIT) !== 0,
    isVp8xOurs: (bits & VP8X_BIT) !== 0,
    hadXmpFlag: (bits & XMP_FLAG_BIT) !== 0,
  };
}
