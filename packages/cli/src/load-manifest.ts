import { extname } from "node:path";
import { GenblazeError, type Manifest } from "@genblaze/core";
import { MAX_MANIFEST_BYTES, parseManifest } from "@genblaze/core/manifest";
import { extractManifest } from "@genblaze/media";
import { type CommandCall, signalOf } from "./command.js";
import { readBounded } from "./read-bounded.js";

/** Whether a file is a manifest by itself, as against media that carries one. */
export function isManifestFile(file: string): boolean {
  return extname(file).toLowerCase() === ".json";
}

/** The manifest in a JSON file, or in a media file or its sidecar. */
export async function loadManifest(file: string, call: CommandCall): Promise<Manifest> {
  if (!isManifestFile(file)) return extractManifest(file, signalOf(call));
  return readManifestFile(file);
}

/** The manifest in a JSON file; its errors name the file. */
export async function readManifestFile(file: string): Promise<Manifest> {
  const bytes = await readBounded(file, MAX_MANIFEST_BYTES);
  try {
    return parseManifest(bytes);
  } catch (error) {
    if (!GenblazeError.isInstance(error)) throw error;
    const { code, message, details } = error;
    throw new GenblazeError(code, `${file}: ${message}`, { cause: error, details: { ...details, path: file } });
  }
}
