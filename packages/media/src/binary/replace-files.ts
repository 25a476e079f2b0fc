import { randomUUID } from "node:crypto";
import { type FileHandle, lstat, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GenblazeError } from "@genblaze/core";

/** A file that is being written and will take the place of another. */
export interface TemporaryFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** A file to write. */
export interface Replacement {
  readonly target: string;
  /** Permissions; undefined for those of any new file. */
  readonly mode: number | undefined;
  readonly write: (temporary: TemporaryFile) => Promise<void>;
}

/** A replacement whose temporary file is whole. */
interface WrittenFile {
  readonly target: string;
  readonly temporaryPath: string;
  /** Whether nothing was at `target`. */
  readonly isNew: boolean;
}

/** Owner, group and others; no file type and no set-user-id. */
const PERMISSION_BITS = 0o777;

/**
 * Writes every file in the folder of its target, and only then renames them, in order: readers see an old file or a
 * whole new one, and whatever fails, nothing half-written is left. FILE_WRITE_FAILED, or the error of `write` if it
 * is ours.
 *
 * A later rename can still fail, though its target is no folder and its folder could be written to. Then the files
 * that are new are taken away again; one that took the place of an old file stays, as the old one is gone.
 */
export async function replaceFiles(replacements: readonly Replacement[]): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  try {
    const written: WrittenFile[] = [];
    for (const replacement of replacements) {
      const file = await namingTarget(replacement.target, () => writeTemporary(replacement));
      undo.push(() => rm(file.temporaryPath, { force: true }));
      written.push(file);
    }
    for (const { target, temporaryPath, isNew } of written) {
      await namingTarget(target, () => rename(temporaryPath, target));
      if (isNew) undo.push(() => rm(target, { force: true }));
    }
  } catch (error) {
    for (const step of undo) await step().catch(() => undefined);
    throw error;
  }
}

async function writeTemporary(replacement: Replacement): Promise<WrittenFile> {
  const { target } = replacement;
  const isNew = await isFree(target);
  const temporary = await openTemporary(dirname(target));
  try {
    await writeAndClose(temporary, replacement);
  } catch (error) {
    await rm(temporary.path, { force: true }).catch(() => undefined);
    throw error;
  }
  return { target, temporaryPath: temporary.path, isNew };
}

/** Whether nothing is at a path. A folder there is found before anything is written, as no rename would replace it. */
async function isFree(path: string): Promise<boolean> {
  const found = await lstat(path).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found?.isDirectory() === true) throw new Error("a folder is there");
  return found === undefined;
}

/** The permissions come last: a read-only file must be written first. */
async function writeAndClose({ path, handle }: TemporaryFile, { mode, write }: Replacement): Promise<void> {
  try {
    await write({ path, handle });
    if (mode !== undefined) await handle.chmod(mode & PERMISSION_BITS);
  } finally {
    await handle.close();
  }
}

async function openTemporary(folder: string): Promise<TemporaryFile> {
  const path = join(folder, `.genblaze-${randomUUID()}.tmp`);
  return { path, handle: await open(path, "wx") };
}

async function namingTarget<Value>(target: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (GenblazeError.isInstance(error)) throw error;
    throw cannotWrite(target, error);
  }
}

function cannotWrite(path: string, cause: unknown): GenblazeError {
  const said = cause instanceof Error ? cause.message : String(cause);
  return new GenblazeError("FILE_WRITE_FAILED", `The file ${path} cannot be written: ${said}. Check its folder.`, {
    cause,
    details: { path },
  });
}
