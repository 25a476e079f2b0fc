import type { Manifest } from "@genblaze/core";
import type { Verdict } from "@genblaze/core/manifest";

/** An output asset of the manifest that a file is. */
export interface MatchedAsset {
  readonly assetId: string;
  readonly stepId: string;
}

/** Are these bytes one of the outputs? */
export interface BytesCheck {
  readonly verdict: Verdict;
  readonly reason?: string;
  /** SHA-256 of the file without its manifest. */
  readonly sha256: string;
  readonly asset?: MatchedAsset;
}

const SHA256 = /^[0-9a-f]{64}$/;

/** What is known of the bytes that were hashed. */
export interface HashedBytes {
  /** Whether they are sure to be those from before the manifest was embedded. */
  readonly isExact: boolean;
}

const NOT_EXACT = "No output has the SHA-256 of this file, whose kind exiftool may have written anew to embed in it.";

/** Whether bytes with this hash are an output of the manifest. */
export function checkBytes(manifest: Manifest, sha256: string, { isExact }: HashedBytes): BytesCheck {
  const outputs = manifest.run.steps.flatMap(({ stepId, assets }) => assets.map((asset) => ({ stepId, ...asset })));
  const match = outputs.find((output) => output.sha256 === sha256);
  if (match !== undefined) {
    return { verdict: "matches", sha256, asset: { assetId: match.assetId, stepId: match.stepId } };
  }
  if (!outputs.some((output) => SHA256.test(output.sha256 ?? ""))) {
    return { verdict: "not checked", reason: "No output of the manifest has a SHA-256.", sha256 };
  }
  if (!isExact) return { verdict: "not checked", reason: NOT_EXACT, sha256 };
  return { verdict: "differs", reason: "No output of the manifest has the SHA-256 of this file.", sha256 };
}
