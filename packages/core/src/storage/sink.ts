import type { Manifest } from "../manifest/manifest.js";
import type { Asset, Run } from "../manifest/model.js";

/** A finished run on its way into a sink. */
export interface SinkInput {
  readonly run: Run;
  readonly manifest: Manifest;
  /** Whether the run still holds the bytes of an asset. */
  has(asset: Asset): boolean;
  read(asset: Asset, signal?: AbortSignal): Promise<Uint8Array>;
}

/** What a sink wrote: the run with its lasting URLs, and the manifest that says so. */
export interface SinkReceipt {
  readonly run: Run;
  readonly manifest: Manifest;
  readonly manifestUrl: string;
  /** URL of every asset that was written or was there already, by asset id. */
  readonly assetUrls: Readonly<Record<string, string>>;
}

/** Writes finished runs into places. The manifest comes last, so that a manifest in a place means all its assets are there. */
export interface Sink {
  readonly name: string;
  /** SINK_FAILED when something could not be written; the run stays with the caller. */
  write(input: SinkInput, options?: { readonly signal?: AbortSignal }): Promise<SinkReceipt>;
}
