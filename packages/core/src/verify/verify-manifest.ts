import { createHash } from "node:crypto";
import { type Download, guardedDownload } from "../download/download.js";
import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { type CoverageCheck, checkManifest, type HashCheck, type Verdict } from "../manifest/check-manifest.js";
import { isSha256 } from "../manifest/is-sha256.js";
import type { Manifest } from "../manifest/manifest.js";
import type { Asset } from "../manifest/model.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import { describeValue } from "../options/describe-value.js";
import { type SignatureCheck, type VerifySignatureOptions, verifySignature } from "../signature/verify-signature.js";

/** What {@link verifyManifest} is asked beyond hash and coverage. */
export interface VerifyManifestOptions extends VerifySignatureOptions {
  /**
   * Whether to fetch and hash every output: `true` for `guardedDownload()`, or the way to get at them.
   * @default false
   */
  readonly fetch?: boolean | Download | undefined;
  /** Ends the work. */
  readonly signal?: AbortSignal | undefined;
}

/** Are the stored bytes of an output those that the manifest recorded? */
export interface OutputCheck {
  readonly assetId: string;
  readonly stepId: string;
  readonly verdict: Verdict;
  readonly reason?: string;
  /** SHA-256 of what was fetched. */
  readonly sha256?: string;
}

/** All outputs together: `differs` when one does, `matches` when all do. */
export interface OutputsCheck {
  readonly verdict: Verdict;
  readonly reason?: string;
  readonly outputs: readonly OutputCheck[];
}

/** What a manifest proves, each question apart. */
export interface ManifestVerification {
  /** Whether everything that was asked for is answered with `matches`: always hash and coverage. */
  readonly ok: boolean;
  /** Is the manifest what was hashed? */
  readonly manifestHash: HashCheck;
  /** Has every output a hash and possible metadata? */
  readonly coverage: CoverageCheck;
  /** Are the stored outputs what was recorded? Asked for with `fetch`. */
  readonly bytes: OutputsCheck;
  /** Who signed it? Asked for with `keys`. */
  readonly signature: SignatureCheck;
}

/**
 * Verifies a manifest and, on request, the outputs that it names where they are stored. What does not match, and what
 * cannot be fetched, is in the result, not thrown.
 *
 * @throws GenblazeError `KEY_INVALID`, `INVALID_OPTION`, `CANCELLED`
 * @example
 * const { ok, bytes } = await verifyManifest(manifest, { fetch: true, keys });
 */
export async function verifyManifest(
  manifest: Manifest,
  options: VerifyManifestOptions = {},
): Promise<ManifestVerification> {
  assertKnownOptions(options, ["keys", "fetch", "signal"], "verifyManifest(manifest, options)");
  const { keys, fetch = false, signal } = options;
  assertFetch(fetch);
  const checks = { ...checkManifest(manifest), signature: await verifySignature(manifest, { keys }) };
  const bytes = await checkOutputs(manifest, toDownload(fetch), signal);
  const asked = [
    checks.manifestHash,
    checks.coverage,
    ...(fetch === false ? [] : [bytes]),
    ...(keys === undefined ? [] : [checks.signature]),
  ];
  const hasDifference = checks.signature.verdict === "differs";
  return { ok: !hasDifference && asked.every(({ verdict }) => verdict === "matches"), ...checks, bytes };
}

function assertFetch(fetch: unknown): void {
  if (typeof fetch === "boolean" || typeof fetch === "function") return;
  const message = `verifyManifest: option "fetch" must be true, false or a function of a URL; ${describeValue(fetch)} was given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

function toDownload(fetch: boolean | Download): Download | undefined {
  if (typeof fetch === "function") return fetch;
  return fetch ? guardedDownload() : undefined;
}

async function checkOutputs(
  manifest: Manifest,
  download: Download | undefined,
  signal: AbortSignal | undefined,
): Promise<OutputsCheck> {
  const assets = manifest.run.steps.flatMap(({ stepId, assets }) => assets.map((asset) => ({ stepId, asset })));
  if (download === undefined || assets.length === 0) {
    const reason = assets.length === 0 ? "The manifest names no output." : "The outputs were not fetched.";
    return { verdict: "not checked", reason, outputs: [] };
  }
  const outputs: OutputCheck[] = [];
  // One after the other: the outputs of a run come from one place, which is asked politely.
  for (const { stepId, asset } of assets) outputs.push({ stepId, ...(await checkOutput(asset, download, signal)) });
  return { ...summarise(outputs), outputs };
}

async function checkOutput(
  asset: Asset,
  download: Download,
  signal: AbortSignal | undefined,
): Promise<Omit<OutputCheck, "stepId">> {
  const { assetId, url, sizeBytes } = asset;
  if (!isSha256(asset.sha256)) {
    return { assetId, verdict: "not checked", reason: "The manifest has no SHA-256 for it." };
  }
  try {
    const fetched = await hashStream(await download(url, { signal }));
    if (fetched.sha256 !== asset.sha256 || (sizeBytes !== null && BigInt(sizeBytes) !== BigInt(fetched.sizeBytes))) {
      return { assetId, verdict: "differs", reason: "Other bytes are stored there.", sha256: fetched.sha256 };
    }
    return { assetId, verdict: "matches", sha256: fetched.sha256 };
  } catch (error) {
    throwIfAborted(signal);
    const { message } = errorFromUnknown(error, "The output cannot be fetched");
    return { assetId, verdict: "not checked", reason: message };
  }
}

function summarise(outputs: readonly OutputCheck[]): Pick<OutputsCheck, "verdict" | "reason"> {
  const differing = outputs.filter(({ verdict }) => verdict === "differs").length;
  if (differing > 0) return { verdict: "differs", reason: `${differing} of ${outputs.length} outputs differ.` };
  const unchecked = outputs.filter(({ verdict }) => verdict === "not checked").length;
  if (unchecked === 0) return { verdict: "matches" };
  const first = outputs.find(({ verdict }) => verdict === "not checked")?.reason ?? "";
  return { verdict: "not checked", reason: `${unchecked} of ${outputs.length} outputs could not be checked. ${first}` };
}

async function hashStream(chunks: AsyncIterable<Uint8Array>): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sha256: hash.digest("hex"), sizeBytes };
}
