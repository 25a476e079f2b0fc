import { concatBytes, hasBytesAt } from "../binary/bytes.js";
import { latin1 } from "../binary/fields.js";
import { LATIN1, UTF8, UTF16, UTF16_BE, utf16le } from "./id3-text.js";

/** The description of a TXXX frame by which the Python library knows its manifest; the case counts. */
const DESCRIPTION = "genblaze:manifest\0";
const LITTLE_ENDIAN = utf16le(DESCRIPTION);
const BIG_ENDIAN = LITTLE_ENDIAN.map((_, index) => LITTLE_ENDIAN[index ^ 1] ?? 0);

/** Encoding and description as a frame of ours begins. UTF-16 without a mark is little-endian, as in Python. */
const BEGINNINGS = [
  beginning(LATIN1, latin1(DESCRIPTION)),
  beginning(UTF8, latin1(DESCRIPTION)),
  beginning(UTF16, Uint8Array.of(0xff, 0xfe), LITTLE_ENDIAN),
  beginning(UTF16, Uint8Array.of(0xfe, 0xff), BIG_ENDIAN),
  beginning(UTF16, LITTLE_ENDIAN),
  beginning(UTF16_BE, BIG_ENDIAN),
];

/** Most bytes that encoding and description take. */
export const MAX_BEGINNING_BYTES = Math.max(...BEGINNINGS.map(({ bytes }) => bytes.length));

interface Beginning {
  readonly encoding: number;
  readonly bytes: Uint8Array;
}

/** The encoding and where the text begins, or undefined when the data of a TXXX frame is not ours. */
export function readDescription(data: Uint8Array): { encoding: number; textStart: number } | undefined {
  const found = BEGINNINGS.find(({ bytes }) => hasBytesAt(data, 0, bytes));
  return found && { encoding: found.encoding, textStart: found.bytes.length };
}

/** Encoding and description, as they are written. */
export function writeDescription(encoding: typeof LATIN1 | typeof UTF8 | typeof UTF16): Uint8Array {
  return BEGINNINGS.find((known) => known.encoding === encoding)?.bytes ?? new Uint8Array();
}

function beginning(encoding: number, ...parts: readonly Uint8Array[]): Beginning {
  return { encoding, bytes: concatBytes([Uint8Array.of(encoding), ...parts]) };
}
