import { GenblazeError } from "../errors/genblaze-error.js";
import type { Manifest } from "./manifest.js";
import type { ManifestReport } from "./manifest-report.js";

/** The answer to one question about a manifest or a file. */
export type Verdict = "matches" | "differs" | "not checked";

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
