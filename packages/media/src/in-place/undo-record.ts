import { createHash } from "node:crypto";
import { concatBytes, hasBytesAt } from "../binary/bytes.js";
import { latin1, uint64be } from "../binary/fields.js";
import { MAX_OLD_TAIL_BYTES } from "./tail-edit.js";

/** What brings a file back that is being written in place. */
export interface UndoRecord {
  readonly originalSizeBytes: number;
  /** Up to here the file is not touched. */
  readonly keptBytes: number;
  /** SHA-256 of the last bytes before `keptBytes`: by them a file is known as the one that was being written. */
  readonly guard: Uint8Array;
  /** The bytes from `keptBytes` to the original end. */
  readonly oldTail: Uint8Array;
}

const NAME = latin1("genblaze-undo\0\0");
const VERSION = 1;
const MAGIC = concatBytes([NAME, Uint8Array.of(VERSION)]);
const HASH_BYTES = 32;
const SIZE_OFFSET = MAGIC.length;
const KEPT_OFFSET = SIZE_OFFSET + uint64be.length;
const GUARD_OFFSET = KEPT_OFFSET + uint64be.length;
const TAIL_OFFSET = GUARD_OFFSET + HASH_BYTES;

/** A longer undo file is none of ours. */
export const MAX_UNDO_BYTES = TAIL_OFFSET + MAX_OLD_TAIL_BYTES + HASH_BYTES;
/** How many bytes the guard looks at. */
export const GUARDED_BYTES = 64 * 1024;

/** The bytes of an undo file: magic and version, sizes, guard, the old tail, and a SHA-256 of all of it. */
export function encodeUndoRecord(record: UndoRecord): Uint8Array {
  const sizes = [uint64be.write(record.originalSizeBytes), uint64be.write(record.keptBytes)];
  const content = concatBytes([MAGIC, ...sizes, record.guard, record.oldTail]);
  return concatBytes([content, sha256Of(content)]);
}

/** The record in an undo file; undefined when it is torn, as it was not whole before the file would be touched. */
export function decodeUndoRecord(bytes: Uint8Array): UndoRecord | undefined {
  const version = bytes[NAME.length];
  if (hasBytesAt(bytes, 0, NAME) && version !== undefined && version > VERSION) {
    throw new Error(`its undo file is of version ${version}, which this release does not know`);
  }
  const end = bytes.length - HASH_BYTES;
  if (end < TAIL_OFFSET || !hasBytesAt(bytes, 0, MAGIC)) return undefined;
  if (!hasBytesAt(sha256Of(bytes.subarray(0, end)), 0, bytes.subarray(end))) return undefined;
  const record = {
    originalSizeBytes: uint64be.read(bytes, SIZE_OFFSET),
    keptBytes: uint64be.read(bytes, KEPT_OFFSET),
    guard: bytes.subarray(GUARD_OFFSET, TAIL_OFFSET),
    oldTail: bytes.subarray(TAIL_OFFSET, end),
  };
  // Whoever can write the hash can write sizes that do not belong together.
  return record.keptBytes + record.oldTail.length === record.originalSizeBytes ? record : undefined;
}

/** SHA-256 as bytes. */
export function sha256Of(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}
