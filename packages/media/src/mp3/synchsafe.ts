import type { Field } from "../binary/fields.js";

/** 28 bits in four bytes, the highest bit of each left out (ID3v2.4 structure, section 6.2). */
export const synchsafe: Field<number> = {
  length: 4,
  read: (bytes, offset) => bytes.subarray(offset, offset + 4).reduce((value, byte) => value * 0x80 + (byte & 0x7f), 0),
  write: (value) => Uint8Array.of(value >>> 21, (value >>> 14) & 0x7f, (value >>> 7) & 0x7f, value & 0x7f),
};

/** Largest value of a synchsafe field, so that an ID3v2 tag ends at 256 MiB. */
export const MAX_SYNCHSAFE = 0x0fff_ffff;

/** Whether the four bytes at `offset` all leave their highest bit out. */
export function isSynchsafe(bytes: Uint8Array, offset: number): boolean {
  return bytes.subarray(offset, offset + 4).every((byte) => byte < 0x80);
}
