import { audioSchema, videoSchema } from "./asset-metadata-schema.js";
import { assetSchema } from "./asset-schema.js";
import { isSha256 } from "./is-sha256.js";
import type { AssetInput, RunInput } from "./model-input.js";
import { keepsBuiltChecks } from "./model-type.js";

/** What a manifest proves about itself; the files it names are never looked at. */
export interface ManifestReport {
  /** All of the below is clean. */
  readonly ok: boolean;
  /** The manifest is what was hashed. */
  readonly hashOk: boolean;
  /** Outputs without a valid SHA-256: the hash of the manifest does not cover their bytes. */
  readonly unverifiedSha256Ids: readonly string[];
  /** Outputs with impossible metadata, such as a width of 0. */
  readonly invalidMetadataIds: readonly string[];
  /** The hash that the manifest declares. */
  readonly declaredHash: string;
  /** The hash that its content has. */
  readonly computedHash: string;
}

/** The ids of outputs that the two asset checks flag, in the run's order. Inputs are not checked. */
export function flagAssets(run: RunInput): Pick<ManifestReport, "unverifiedSha256Ids" | "invalidMetadataIds"> {
  const outputs = run.steps.flatMap((step) => step.assets);
  return {
    unverifiedSha256Ids: outputs.filter((asset) => !isSha256(asset.sha256)).map((asset) => asset.assetId),
    invalidMetadataIds: outputs.filter((asset) => !hasPossibleMetadata(asset)).map((asset) => asset.assetId),
  };
}

function hasPossibleMetadata(asset: AssetInput): boolean {
  return (
    keepsBuiltChecks(assetSchema, asset) &&
    (asset.video === null || keepsBuiltChecks(videoSchema, asset.video)) &&
    (asset.audio === null || keepsBuiltChecks(audioSchema, asset.audio))
  );
}
