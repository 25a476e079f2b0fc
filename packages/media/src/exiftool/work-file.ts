import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ByteSource, GenblazeError } from "@genblaze/core";
import { writePieces } from "../binary/write-pieces.js";
import { HEAD_BYTES } from "../limits.js";
import { sniffMediaType } from "../sniff/sniff-media-type.js";
import { EXIFTOOL_TYPES } from "./exiftool-types.js";

/** A copy of a media file that exiftool may change, in a folder of its own. */
export interface WorkFile {
  readonly folder: string;
  readonly path: string;
  readonly mediaType: string;
}

/** The changed file is held in memory. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/**
 * Copies a file for the time of `use`. So exiftool never sees a name that somebody chose, and never touches the
 * original. MEDIA_TOO_LARGE above 256 MiB, MEDIA_UNSUPPORTED for a kind that it cannot change.
 */
export async function withWorkFile<Value>(source: ByteSource, use: (file: WorkFile) => Promise<Value>): Promise<Value> {
  assertFileFits(source.sizeBytes);
  const mediaType = sniffMediaType(await source.read(0, Math.min(source.sizeBytes, HEAD_BYTES))) ?? "";
  const extension = EXIFTOOL_TYPES.get(mediaType);
  if (extension === undefined) throw new GenblazeError("MEDIA_UNSUPPORTED", "exiftool is not used for such a file.");
  const folder = await createFolder();
  try {
    const file = { folder, path: join(folder, `media${extension}`), mediaType };
    await copyTo(file.path, source);
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Without the permissions of the original, which may be read-only. */
async function copyTo(target: string, source: ByteSource): Promise<void> {
  const { sizeBytes } = source;
  const plain: ByteSource = { sizeBytes, read: (offset, length) => source.read(offset, length) };
  await writePieces([{ target, source: plain, pieces: [{ kind: "copy", start: 0, end: sizeBytes }] }]);
}

async function createFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "genblaze-exiftool-")).catch((cause: unknown) => {
    const message = "No temporary folder can be made, which exiftool needs. Check the system's folder for them.";
    throw new GenblazeError("FILE_WRITE_FAILED", message, { cause });
  });
}

function assertFileFits(sizeBytes: number): void {
  if (sizeBytes <= MAX_FILE_BYTES) return;
  const message = `This file has ${sizeBytes} bytes; exiftool is given no more than ${MAX_FILE_BYTES}.`;
  throw new GenblazeError("MEDIA_TOO_LARGE", `${message} Put its manifest into a sidecar.`, {
    details: { sizeBytes, limitBytes: MAX_FILE_BYTES },
  });
}
