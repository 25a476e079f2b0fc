import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { GenblazeError } from "@genblaze/core";
import { GUARDED_BYTES, sha256Of, type UndoRecord } from "./undo-record.js";

/** Where the undo file of a media file lies; `target` is no link. */
export function undoPathOf(target: string): string {
  return join(dirname(target), `.${basename(target)}.genblaze-undo`);
}

/**
 * Whether a file is being written in place, or was when its writer died. Its content is then not to be relied on
 * until `recoverInPlace`.
 */
export async function hasPendingUndo(path: string): Promise<boolean> {
  const target = await realpath(path).catch(() => path);
  return isThere(undoPathOf(target));
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => {
      if (isNodeError(error, "ENOENT", "ENOTDIR")) return false;
      throw error;
    },
  );
}

/** Up to `length` bytes of a file from `position`; fewer where it ends. */
export async function readUpTo(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) return bytes.subarray(0, filled);
    filled += bytesRead;
  }
  return bytes;
}

/** Writes all of `bytes`; one write can take less than it is given. */
export async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

/** The guard of a file whose first `keptBytes` stay. */
export async function guardOf(file: FileHandle, keptBytes: number): Promise<Uint8Array> {
  const length = Math.min(keptBytes, GUARDED_BYTES);
  return sha256Of(await readUpTo(file, keptBytes - length, length));
}

/** Brings the old end back, and only then lets the caller remove the undo file. */
export async function restoreTail(file: FileHandle, record: UndoRecord): Promise<void> {
  await writeAt(file, record.oldTail, record.keptBytes);
  await file.truncate(record.originalSizeBytes);
  await file.sync();
}

/** Makes new and removed names in the folder of `path` last; Windows does so by itself and cannot open folders. */
export async function syncFolderOf(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** FILE_WRITE_FAILED with what happened and what to do; an error of ours stays as it is. */
export function cannotWriteInPlace(path: string, cause: unknown, advice: string): GenblazeError {
  if (GenblazeError.isInstance(cause)) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  const message = `The file ${path} cannot be written in place: ${said}. ${advice}`;
  return new GenblazeError("FILE_WRITE_FAILED", message, { cause, details: { path } });
}

/** Whether the system said one of these. */
export function isNodeError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code);
}
