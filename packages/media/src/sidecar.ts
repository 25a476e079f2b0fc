import { GenblazeError, type Manifest } from "@genblaze/core";
import { parseManifest } from "@genblaze/core/manifest";
import { sidecarPathOf } from "@genblaze/core/verify";
import { openFileSource } from "./binary/file-source.js";
import { createMemorySource } from "./binary/memory-source.js";
import type { PiecesFile } from "./binary/write-pieces.js";
import { namingFile } from "./naming-file.js";
import { assertPayloadReadable } from "./payload-limit.js";

/** The sidecar of a media file, to be written. */
export function sidecarFile(mediaPath: string, payload: Uint8Array): PiecesFile {
  const pieces = [{ kind: "bytes", bytes: payload }] as const;
  return { target: sidecarPathOf(mediaPath), source: createMemorySource(payload), pieces };
}

/** The manifest in the sidecar of a media file, or undefined when there is none. MANIFEST_IS_POINTER for a pointer. */
export async function readSidecar(mediaPath: string): Promise<Manifest | undefined> {
  const path = sidecarPathOf(mediaPath);
  const source = await openFileSource(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (source === undefined) return undefined;
  try {
    return await namingFile(path, async () => {
      assertPayloadReadable(source.sizeBytes, "sidecar");
      return parseManifest(await source.read(0, source.sizeBytes));
    });
  } finally {
    await source.close();
  }
}

/** Not there, as against there but not readable. */
function isMissing(error: unknown): boolean {
  if (!GenblazeError.isInstance(error)) return false;
  const { cause } = error;
  return cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR");
}
