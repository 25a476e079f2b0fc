import type { Manifest } from "../manifest/manifest.js";

/** How a file came to carry its manifest. */
export interface SavedMedia {
  /** The file that was written. */
  readonly path: string;
  /** `embedded`: inside the file. `sidecar`: in a file beside it. */
  readonly method: "embedded" | "sidecar";
  /** The sidecar's path, when there is one. */
  readonly sidecarPath?: string;
  /** Why the manifest is not inside the file. */
  readonly reason?: string;
}

/** Writes a file together with its manifest; `@genblaze/media` is one. */
export interface MediaWriter {
  save(
    bytes: Uint8Array,
    manifest: Manifest,
    options: { readonly output: string; readonly mediaType: string; readonly signal?: AbortSignal },
  ): Promise<SavedMedia>;
}
