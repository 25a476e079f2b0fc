import { type ByteSource, GenblazeError } from "@genblaze/core";
import { type FileSource, openFileSource } from "./binary/file-source.js";
import { createMemorySource } from "./binary/memory-source.js";
import { hasPendingUndo } from "./in-place/undo-file.js";
import { namingFile } from "./naming-file.js";

/** A media file: its path, or its bytes. */
export type MediaSource = string | Uint8Array;

/**
 * Opens a media file for the time of `use`, whose errors then name the file. FILE_NOT_FOUND, and MEDIA_MALFORMED for
 * one that is being written in place.
 */
export async function withMedia<Value>(
  media: MediaSource,
  use: (source: ByteSource | FileSource) => Promise<Value>,
): Promise<Value> {
  if (media instanceof Uint8Array) return use(createMemorySource(media));
  const source = await openFileSource(media);
  try {
    return await namingFile(media, async () => {
      await assertSettled(media);
      return use(source);
    });
  } finally {
    await source.close();
  }
}

/** What a writer in place has not finished is neither the old file nor the new one. */
async function assertSettled(path: string): Promise<void> {
  if (!(await hasPendingUndo(path))) return;
  const message = "This file is being written in place. Wait until that has ended; if its writer died, call";
  throw new GenblazeError("MEDIA_MALFORMED", `${message} recoverInPlace (\`genblaze recover\`).`);
}
