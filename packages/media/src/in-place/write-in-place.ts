import { type FileHandle, open, realpath, rm, stat } from "node:fs/promises";
import { GenblazeError, type Piece } from "@genblaze/core";
import { throwIfAborted } from "../throw-if-aborted.js";
import { type TailEdit, toTailEdit } from "./tail-edit.js";
import {
  cannotWriteInPlace,
  guardOf,
  isNodeError,
  readUpTo,
  restoreTail,
  syncFolderOf,
  undoPathOf,
  writeAt,
} from "./undo-file.js";
import { encodeUndoRecord, type UndoRecord } from "./undo-record.js";

export interface WriteInPlaceOptions {
  /** Ends the work before the file is touched; from then on it takes no notice. */
  readonly signal?: AbortSignal | undefined;
}

/** Only the owner: the old end may hold what the new one hides. */
const UNDO_MODE = 0o600;

/**
 * Writes the end of a file of `sizeBytes` anew, without a copy of the rest. What is given up is first put into an
 * undo file next to it, which lasts until the new end does: whenever the process dies, `recoverInPlace` gives back
 * the old file, and a file without an undo file is whole. One writer at a time; a link is followed.
 *
 * Fails with FILE_WRITE_FAILED (the old file is then back, or its undo file is there), CANCELLED, and
 * INVALID_OPTION for pieces that `isTailEdit` does not accept.
 */
export async function writeInPlace(
  path: string,
  pieces: readonly Piece[],
  sizeBytes: number,
  options: WriteInPlaceOptions = {},
): Promise<void> {
  const edit = toTailEdit(pieces, sizeBytes);
  if (edit === undefined) {
    throw new GenblazeError("INVALID_OPTION", "writeInPlace: these pieces change more than the end. Write a copy.");
  }
  throwIfAborted(options.signal);
  const advice = "Check that it is there, may be written and has not changed, or write a copy.";
  try {
    const target = await realpath(path);
    const media = await open(target, "r+");
    try {
      await writeTail(media, target, edit, sizeBytes, options);
    } finally {
      await media.close();
    }
  } catch (error) {
    throw cannotWriteInPlace(path, error, advice);
  }
}

async function writeTail(
  media: FileHandle,
  target: string,
  edit: TailEdit,
  sizeBytes: number,
  options: WriteInPlaceOptions,
): Promise<void> {
  const undoPath = undoPathOf(target);
  const undo = await openUndo(undoPath, target);
  const record = await prepareUndo(undo, undoPath, media, edit, sizeBytes, options);
  try {
    await replaceTail(media, edit, sizeBytes);
    await rm(undoPath);
  } catch (error) {
    await rollBack(media, record, target, undoPath);
    throw error;
  }
  await syncFolderOf(undoPath);
}

/** Should this fail as well, the undo file stays. */
async function rollBack(media: FileHandle, record: UndoRecord, target: string, undoPath: string): Promise<void> {
  try {
    await restoreTail(media, record);
    await rm(undoPath, { force: true });
  } catch (error) {
    throw cannotWriteInPlace(target, error, `Its old end is in ${undoPath}: bring it back with recoverInPlace.`);
  }
}

/** The undo file also keeps other writers out. */
async function openUndo(undoPath: string, target: string): Promise<FileHandle> {
  return open(undoPath, "wx", UNDO_MODE).catch((error: unknown) => {
    if (!isNodeError(error, "EEXIST")) throw error;
    const advice = "Wait until it has ended; if it died, bring the file back with recoverInPlace.";
    throw cannotWriteInPlace(target, new Error(`a writer is at work, ${undoPath} is there`), advice);
  });
}

/** Writes the undo file; when this fails, the media file has not been touched and the undo file goes again. */
async function prepareUndo(
  undo: FileHandle,
  undoPath: string,
  media: FileHandle,
  edit: TailEdit,
  sizeBytes: number,
  options: WriteInPlaceOptions,
): Promise<UndoRecord> {
  const { ino } = await undo.stat();
  const record = await writeUndo(undo, undoPath, media, edit, sizeBytes, options).catch(async (error: unknown) => {
    await rm(undoPath, { force: true });
    throw error;
  });
  // Whoever recovers while we are at work takes an unfinished undo file away: then we must not go on.
  if ((await stat(undoPath)).ino !== ino) throw new Error("another writer has begun");
  return record;
}

async function writeUndo(
  undo: FileHandle,
  undoPath: string,
  media: FileHandle,
  edit: TailEdit,
  sizeBytes: number,
  options: WriteInPlaceOptions,
): Promise<UndoRecord> {
  try {
    const record = await readRecord(media, edit, sizeBytes);
    await writeAt(undo, encodeUndoRecord(record), 0);
    await undo.sync();
    await syncFolderOf(undoPath);
    throwIfAborted(options.signal);
    return record;
  } finally {
    await undo.close();
  }
}

async function readRecord(media: FileHandle, { keptBytes }: TailEdit, sizeBytes: number): Promise<UndoRecord> {
  const found = await media.stat();
  if (!found.isFile()) throw new Error("it is no regular file");
  if (found.size !== sizeBytes) throw new Error(`it has ${found.size} bytes and not ${sizeBytes} any more`);
  const oldTail = await readUpTo(media, keptBytes, sizeBytes - keptBytes);
  return { originalSizeBytes: sizeBytes, keptBytes, guard: await guardOf(media, keptBytes), oldTail };
}

async function replaceTail(media: FileHandle, edit: TailEdit, sizeBytes: number): Promise<void> {
  let position = edit.keptBytes;
  for (const bytes of edit.added) {
    await writeAt(media, bytes, position);
    position += bytes.length;
  }
  await media.sync();
  if (edit.newSizeBytes >= sizeBytes) return;
  await media.truncate(edit.newSizeBytes);
  await media.sync();
}
