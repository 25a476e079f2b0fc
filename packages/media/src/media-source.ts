import type { ByteSource } from "@genblaze/core";
import { type FileSource, openFileSource } from "./binary/file-source.js";
import { createMemorySource } from "./binary/memory-source.js";
import { namingFile } from "./naming-file.js";

/** A media file: its path, or its bytes. */
export type MediaSource = string | Uint8Array;

/** Opens a media file for the time of `use`, whose errors then name the file; FILE_NOT_FOUND. */
export async function withMedia<Value>(
  media: MediaSource,
  use: (source: ByteSource | FileSource) => Promise<Value>,
): Promise<Value> {
  if (media instanceof Uint8Array) return use(createMemorySource(media));
  const source = await openFileSource(media);
  try {
    return await namingFile(media, () => use(source));
  } finally {
    await source.close();
  }
}
