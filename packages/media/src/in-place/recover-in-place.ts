import { type FileHandle, open, realpath, rm } from "node:fs/promises";
import { GenblazeError } from "@genblaze/core";
import { hasBytesAt } from "../binary/bytes.js";
import {
  cannotWriteInPlace,
  guardOf,
  isNodeError,
  readUpTo,
  restoreTail,
  syncFolderOf,
  undoPathOf,
} from "./undo-file.js";
import { decodeUndoRecord, MAX_UNDO_BYTES, type UndoRecord } from "./undo-record.js";

/** What was done: nothing to do, the old file brought back, or an undo file of an untouched file removed. */
export type RecoverInPlaceResult = "nothing" | "restored" | "untouched";

/**
 * Brings a file back whose writer died while it wrote in place. Not to be called while a writer is at work.
 *
 * Fails with FILE_NOT_FOUND, and with FILE_WRITE_FAILED, also when the file is not the one that was being written; nothing is changed then.
 */
export async function recoverInPlace(path: string): Promise<RecoverInPlaceResult> {
  const target = await realpath(path).catch((cause: unknown) => {
    throw new GenblazeError("FILE_NOT_FOUND", `There is no file ${path} to bring back.`, { cause, details: { path } });
  });
  try {
    const undoPath = undoPathOf(target);
    const undo = await readUndo(undoPath);
    if (undo === "none") return "nothing";
    // A torn undo file was never whole, and the file is not touched before it is.
    if (undo !== "torn") await restore(target, undo);
    await rm(undoPath);
    await syncFolderOf(undoPath);
    return undo === "torn" ? "untouched" : "restored";
  } catch (error) {
    const advice =
      "Check the file, its folder and its undo file next to it; remove the undo file to keep the file as it is.";
    throw cannotWriteInPlace(path, error, advice);
  }
}

async function readUndo(undoPath: string): Promise<UndoRecord | "none" | "torn"> {
  const file = await open(undoPath, "r").catch((error: unknown) => {
    if (isNodeError(error, "ENOENT")) return undefined;
    throw error;
  });
  if (file === undefined) return "none";
  try {
    const { size } = await file.stat();
    if (size > MAX_UNDO_BYTES) return "torn";
    return decodeUndoRecord(await readUpTo(file, 0, size)) ?? "torn";
  } finally {
    await file.close();
  }
}

async function restore(target: string, record: UndoRecord): Promise<void> {
  const media = await open(target, "r+");
  try {
    await assertSameFile(media, record);
    await restoreTail(media, record);
  } finally {
    await media.close();
  }
}

/** A file that was put in place of the other one since then must not get the end of the other. */
async function assertSameFile(media: FileHandle, { keptBytes, guard }: UndoRecord): Promise<void> {
  const { size } = await media.stat();
  const isSame = size >= keptBytes && hasBytesAt(await guardOf(media, keptBytes), 0, guard);
  if (!isSame) throw new Error("it is not the file that its undo file belongs to");
}
