import { concatBytes } from "../binary/bytes.js";
import { fourCharacters, latin1, uint32le } from "../binary/fields.js";
import { CHUNK_HEADER_BYTES } from "./wav-chunks.js";

/** The sub-chunk of LIST/INFO in which the Python library puts the manifest. */
export const MANIFEST_TAG = "IMFL";
/** The sub-chunk that follows it when stripping needs to know more than the structure says. */
export const RESTORE_TAG = "IGBR";
/** 24 digits and the terminating zero. */
export const RESTORE_BODY_BYTES = 25;

/** What embedding had to overwrite. */
export interface WavRestoreRecord {
  readonly riffSize: number;
  /** The size field of an open data chunk; undefined when it was left alone. */
  readonly dataSize: number | undefined;
  /** Whether a pad byte was put before our chunk. */
  readonly isPadded: boolean;
}

const PAD_FLAG = 1;
const DATA_FLAG = 2;
/** INFO values are zero-terminated text; readers and editors of tags take them for it. */
const RECORD_TEXT = /^[0-9a-f]{24}\0$/;

/** The body of a restore sub-chunk: RIFF size, data size and flags, 32 bits each, as hexadecimal text. */
function writeRestoreRecord(record: WavRestoreRecord): Uint8Array {
  const flags = (record.isPadded ? PAD_FLAG : 0) | (record.dataSize === undefined ? 0 : DATA_FLAG);
  const numbers = [record.riffSize, record.dataSize ?? 0, flags];
  return latin1(`${numbers.map((number) => number.toString(16).padStart(8, "0")).join("")}\0`);
}

/** The record in the body of a restore sub-chunk, or undefined when it is none. */
export function readRestoreRecord(body: Uint8Array): WavRestoreRecord | undefined {
  const text = String.fromCharCode(...body.subarray(0, RESTORE_BODY_BYTES));
  if (body.length !== RESTORE_BODY_BYTES || !RECORD_TEXT.test(text)) return undefined;
  const flags = Number.parseInt(text.slice(16, 24), 16);
  return {
    riffSize: Number.parseInt(text.slice(0, 8), 16),
    dataSize: (flags & DATA_FLAG) === 0 ? undefined : Number.parseInt(text.slice(8, 16), 16),
    isPadded: (flags & PAD_FLAG) !== 0,
  };
}

/** Our LIST chunk: INFO with the manifest and its terminating zero, and the record when there is one. */
export function buildManifestList(payload: Uint8Array, record: WavRestoreRecord | undefined): Uint8Array {
  const text = concatBytes([payload, Uint8Array.of(0)]);
  const content = concatBytes([
    fourCharacters.write("INFO"),
    chunkBytes(MANIFEST_TAG, text),
    record === undefined ? new Uint8Array() : chunkBytes(RESTORE_TAG, writeRestoreRecord(record)),
  ]);
  return chunkBytes("LIST", content);
}

function chunkBytes(id: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(CHUNK_HEADER_BYTES + body.length + (body.length % 2));
  bytes.set(fourCharacters.write(id), 0);
  bytes.set(uint32le.write(body.length), 4);
  bytes.set(body, CHUNK_HEADER_BYTES);
  return bytes;
}
