import { GenblazeError, type Manifest, type ManifestReport } from "@genblaze/core";

/** The answer to one question about a file. */
export type Verdict = "matches" | "differs" | "not checked";

/** An output asset of the manifest that a file is. */
export interface MatchedAsset {
  readonly assetId: string;
  readonly stepId: string;
}

/** Is the manifest what was hashed? */
export interface HashCheck {
  readonly verdict: Verdict;
  readonly reason?: string;
  readonly declared: string;
  /** Undefined when the content has no hash. */
  readonly computed?: string;
}

/** Has every output a hash and possible metadata? */
export interface CoverageCheck {
  readonly verdict: Verdict;
  readonly reason?: string;
  readonly unverifiedSha256Ids: readonly string[];
  readonly invalidMetadataIds: readonly string[];
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

/** What the manifest proves about itself. Content without a hash (a lone surrogate) cannot match any. */
export function checkManifest(manifest: Manifest): { manifestHash: HashCheck; coverage: CoverageCheck } {
  try {
    const report = manifest.report();
    return { manifestHash: checkHash(report), coverage: checkCoverage(manifest, report) };
  } catch (error) {
    if (!GenblazeError.isInstance(error)) throw error;
    const reason = error.message;
    return {
      manifestHash: { verdict: "differs", reason, declared: manifest.canonicalHash },
      coverage: { verdict: "not checked", reason, unverifiedSha256Ids: [], invalidMetadataIds: [] },
    };
  }
}

/** Whether bytes with this hash are an output of the manifest. */
export function checkBytes(manifest: Manifest, sha256: string): BytesCheck {
  const outputs = manifest.run.steps.flatMap(({ stepId, assets }) => assets.map((asset) => ({ stepId, ...asset })));
  const match = outputs.find((output) => output.sha256 === sha256);
  if (match !== undefined) {
    return { verdict: "matches", sha256, asset: { assetId: match.assetId, stepId: match.stepId } };
  }
  if (!outputs.some((output) => SHA256.test(output.sha256 ?? ""))) {
    return { verdict: "not checked", reason: "No output of the manifest has a SHA-256.", sha256 };
  }
  return { verdict: "differs", reason: "No output of the manifest has the SHA-256 of this file.", sha256 };
}

function checkHash({ hashOk, declaredHash: declared, computedHash: computed }: ManifestReport): HashCheck {
  if (hashOk) return { verdict: "matches", declared, computed };
  return { verdict: "differs", reason: "The manifest was changed after it was hashed.", declared, computed };
}

function checkCoverage(manifest: Manifest, report: ManifestReport): CoverageCheck {
  const { unverifiedSha256Ids, invalidMetadataIds } = report;
  const ids = { unverifiedSha256Ids, invalidMetadataIds };
  if (manifest.run.steps.every((step) => step.assets.length === 0)) {
    return { verdict: "not checked", reason: "The manifest names no output.", ...ids };
  }
  if (unverifiedSha256Ids.length + invalidMetadataIds.length === 0) return { verdict: "matches", ...ids };
  return { verdict: "differs", reason: "Some outputs have no SHA-256 or impossible metadata.", ...ids };
}
