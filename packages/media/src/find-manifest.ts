import { type ByteSource, GenblazeError, type Manifest, type MediaHandler } from "@genblaze/core";
import { parseManifest } from "@genblaze/core/manifest";
import { decodeJsonBytes, sidecarPathOf } from "@genblaze/core/verify";
import { isExiftoolHandler } from "./exiftool/exiftool-handler.js";
import { findCut } from "./find-cut.js";
import { findHandler, type MediaHints } from "./find-handler.js";
import type { MediaSource } from "./media-source.js";
import { readSidecar } from "./sidecar.js";

/** A manifest and where it was. */
export type FoundManifest = {
  readonly manifest: Manifest;
  /** The handler of the file, when there is one. */
  readonly handler: MediaHandler | undefined;
} & ({ readonly foundIn: "embedded" } | { readonly foundIn: "sidecar"; readonly sidecarPath: string });

/**
 * The manifest in a file, else in its sidecar. A manifest inside that cannot be parsed is an error, never passed
 * over: MANIFEST_INVALID, INVALID_JSON, MANIFEST_VERSION_UNSUPPORTED. Neither: MANIFEST_NOT_FOUND.
 */
export async function findManifest(
  source: ByteSource,
  media: MediaSource,
  { mediaType, signal }: Pick<MediaHints, "mediaType" | "signal">,
): Promise<FoundManifest> {
  const path = typeof media === "string" ? media : undefined;
  const handler = await findHandler(source, { mediaType, path, signal });
  const { payload, problem } = await extractPayload(source, handler);
  if (payload !== undefined) {
    return { manifest: parseManifest(decodeJsonBytes(payload)), handler, foundIn: "embedded" };
  }
  const manifest = path === undefined ? undefined : await readSidecar(path);
  if (path !== undefined && manifest !== undefined) {
    return { manifest, handler, foundIn: "sidecar", sidecarPath: sidecarPathOf(path) };
  }
  // Of a file that no handler can look into, nobody knows that nothing is in it.
  const isUnread = problem?.code !== "MEDIA_UNSUPPORTED" || isExiftoolHandler(handler);
  if (problem !== undefined && isUnread) throw problem;
  throw notFound(path, problem, problem === undefined ? await findCut(source, handler) : undefined);
}

/** What the handler reads. Its refusal of a damaged file waits, as the sidecar may be whole. */
async function extractPayload(
  source: ByteSource,
  handler: MediaHandler | undefined,
): Promise<{ readonly payload?: Uint8Array | undefined; readonly problem?: GenblazeError }> {
  try {
    return { payload: await handler?.extract(source) };
  } catch (error) {
    if (GenblazeError.isInstance(error) && error.code.startsWith("MEDIA_")) return { problem: error };
    throw error;
  }
}

function notFound(path: string | undefined, cause: GenblazeError | undefined, cut: number | undefined): GenblazeError {
  const carrier = path === undefined ? "These bytes carry" : `${path} carries`;
  const sidecar = path === undefined ? "" : ` and ${sidecarPathOf(path)} is not there`;
  const doubt = cut === undefined ? "" : `; the file may be cut off, what begins at byte ${cut} is not whole`;
  const advice = cut === undefined ? "Embed one" : "Get the file again from where it came";
  const message = `${carrier} no manifest${sidecar}${doubt}. ${advice}, or give the file that was saved with one.`;
  return new GenblazeError("MANIFEST_NOT_FOUND", message, { cause });
}
