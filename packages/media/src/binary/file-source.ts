import { type FileHandle, open, stat } from "node:fs/promises";
import { type ByteSource, GenblazeError } from "@genblaze/core";
import { assertInside } from "./memory-source.js";

/** A file as a source; close it when done. */
export interface FileSource extends ByteSource {
  readonly path: string;
  /** Permission bits, for a file that takes this one's place. */
  readonly mode: number;
  /** Whether the path still leads to the file that was opened. */
  isStillAt(path: string): Promise<boolean>;
  /** Fills `target` with the bytes from `offset`. */
  readInto(target: Uint8Array, offset: number): Promise<void>;
  close(): Promise<void>;
}

/** Headers lie close together or far apart; one page at a time serves both and keeps an extraction small. */
const WINDOW_BYTES = 4096;

/** Opens a file; FILE_NOT_FOUND when it is not there, is a folder or cannot be read. */
export async function openFileSource(path: string): Promise<FileSource> {
  const handle = await open(path, "r").catch((cause: unknown) => {
    throw cannotRead(path, cause);
  });
  try {
    return await createFileSource(path, handle);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** FILE_NOT_FOUND with what the system said. */
function cannotRead(path: string, cause: unknown): GenblazeError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const message = `The file ${path} cannot be read: ${said}. Check the path and its permissions.`;
  return new GenblazeError("FILE_NOT_FOUND", message, { cause, details: { path } });
}

function becameShorter(path: string): GenblazeError {
  const message = `The file ${path} became shorter while it was read. Try again once nothing writes to it.`;
  return new GenblazeError("MEDIA_MALFORMED", message, { details: { path } });
}

async function createFileSource(path: string, handle: FileHandle): Promise<FileSource> {
  const opened = await handle.stat();
  if (!opened.isFile()) throw cannotRead(path, "it is no regular file");
  const { size: sizeBytes, mode } = opened;
  let window: { readonly start: number; readonly bytes: Uint8Array } = { start: 0, bytes: new Uint8Array() };

  async function readInto(target: Uint8Array, offset: number): Promise<void> {
    assertInside(offset, target.length, sizeBytes);
    for (let filled = 0; filled < target.length; ) {
      const { bytesRead } = await readOnce(target, filled, offset + filled);
      if (bytesRead === 0) throw becameShorter(path);
      filled += bytesRead;
    }
  }

  async function readOnce(target: Uint8Array, filled: number, position: number): Promise<{ bytesRead: number }> {
    return handle.read(target, filled, target.length - filled, position).catch((cause: unknown) => {
      throw cannotRead(path, cause);
    });
  }

  async function read(offset: number, length: number): Promise<Uint8Array> {
    assertInside(offset, length, sizeBytes);
    const isInWindow = offset >= window.start && offset + length <= window.start + window.bytes.length;
    if (isInWindow) return window.bytes.subarray(offset - window.start, offset - window.start + length);
    const bytes = new Uint8Array(Math.min(Math.max(length, WINDOW_BYTES), sizeBytes - offset));
    await readInto(bytes, offset);
    if (length <= WINDOW_BYTES) window = { start: offset, bytes };
    return bytes.subarray(0, length);
  }

  return {
    path,
    sizeBytes,
    mode,
    read,
    readInto,
    async isStillAt(other) {
      const found = await stat(other).catch(() => undefined);
      return found !== undefined && found.ino === opened.ino && found.dev === opened.dev;
    },
    close: () => handle.close(),
  };
}
