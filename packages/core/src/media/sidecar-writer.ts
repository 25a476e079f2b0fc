import { rm, stat } from "node:fs/promises";
import { writeWholeFile } from "../storage/write-whole-file.js";
import type { MediaWriter } from "./media-writer.js";

/** The file beside a media file that holds its manifest: the whole name and `.genblaze.json`. */
export function sidecarPathOf(path: string): string {
  return `${path}.genblaze.json`;
}

/** Writes the manifest beside the file; what core can do without any media handler. */
export const sidecarWriter: MediaWriter = {
  async save(bytes, manifest, { output, signal }) {
    const sidecarPath = sidecarPathOf(output);
    const options = signal === undefined ? {} : { signal };
    const isNew = (await stat(sidecarPath).catch(() => undefined)) === undefined;
    await writeWholeFile(sidecarPath, manifest.toCanonicalJson(), options);
    try {
      await writeWholeFile(output, bytes, options);
    } catch (error) {
      // A sidecar without its file would be half a result.
      if (isNew) await rm(sidecarPath, { force: true }).catch(() => undefined);
      throw error;
    }
    const reason =
      "No media handlers are at hand. Import Pipeline from the genblaze package, or give createRuntime({ media }).";
    return { path: output, method: "sidecar", sidecarPath, reason };
  },
};
