/** How one value lies in bytes. Layouts are written as a row of fields. */
export interface Field<Value> {
  readonly length: number;
  /** The value at `offset`; the caller has made sure that `length` bytes are there. */
  read(bytes: Uint8Array, offset: number): Value;
  /** The bytes of a value. */
  write(value: Value): Uint8Array;
}

/** Largest value of a 32-bit size field. */
export const MAX_UINT32 = 0xffff_ffff;

/** 32 bits, most significant byte first (PNG, MP4). */
export const uint32be: Field<number> = {
  length: 4,
  read: (bytes, offset) => viewOf(bytes).getUint32(offset, false),
  write: (value) => written(4, (view) => view.setUint32(0, value, false)),
};

/** 32 bits, least significant byte first (RIFF). */
export const uint32le: Field<number> = {
  length: 4,
  read: (bytes, offset) => viewOf(bytes).getUint32(offset, true),
  write: (value) => written(4, (view) => view.setUint32(0, value, true)),
};

/** 64 bits, most significant byte first, as a number: beyond 2^53 it is rounded, and larger than any file. */
export const uint64be: Field<number> = {
  length: 8,
  read: (bytes, offset) => Number(viewOf(bytes).getBigUint64(offset, false)),
  write: (value) => written(8, (view) => view.setBigUint64(0, BigInt(value), false)),
};

/** 64 bits, least significant byte first (RF64), as a number like {@link uint64be}. */
export const uint64le: Field<number> = {
  length: 8,
  read: (bytes, offset) => Number(viewOf(bytes).getBigUint64(offset, true)),
  write: (value) => written(8, (view) => view.setBigUint64(0, BigInt(value), true)),
};

/** A four-character code; every byte is one character. */
export const fourCharacters: Field<string> = {
  length: 4,
  read: (bytes, offset) => String.fromCharCode(...bytes.subarray(offset, offset + 4)),
  write: (value) => latin1(value),
};

/** The bytes of a text whose characters are all below 256. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function written(length: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  write(viewOf(bytes));
  return bytes;
}
