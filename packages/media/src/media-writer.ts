import type { MediaWriter } from "@genblaze/core";
import { embedManifest } from "./embed-manifest.js";

/** Saves outputs of a run with their manifest inside; give it to `createRuntime({ media: mediaWriter })`. */
export const mediaWriter: MediaWriter = {
  async save(bytes, manifest, options) {
    const { method, path, ...rest } = await embedManifest(bytes, manifest, options);
    return { path, method: method === "embedded" ? "embedded" : "sidecar", ...rest };
  },
};
