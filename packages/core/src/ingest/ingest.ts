import type { LedgerSession } from "../batch/ledger.js";
import { closeLedger, openLedger } from "../batch/open-ledger.js";
import type { Items } from "../batch/take-items.js";
import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { Manifest } from "../manifest/manifest.js";
import type { Asset, Run } from "../manifest/model.js";
import { describeValue } from "../options/describe-value.js";
import type { ExternalAsset } from "../pipeline/external-asset.js";
import { openRunSignal } from "../run/run-signal.js";
import { createRuntime } from "../run/runtime.js";
import { toSigningKey } from "../signature/keys.js";
import { signManifest } from "../signature/sign-manifest.js";
import type { SinkInput, SinkReceipt } from "../storage/sink.js";
import { checkIngestOptions, type IngestOptions } from "./ingest-options.js";
import { toIngestRun } from "./ingest-run.js";
import { type IngestEntry, type ReadEntry, readAgain, rememberEntry } from "./read-entry.js";
import { assertRead, type IngestContext, type IngestFailure, readFiles } from "./read-files.js";

/** What {@link ingest} gives. */
export interface IngestResult {
  readonly run: Run;
  readonly manifest: Manifest;
  /** In the order of the manifest. */
  readonly assets: readonly Asset[];
  /** What the sink wrote, when there was one. */
  readonly stored: SinkReceipt | undefined;
  /** Empty unless `throwOnFailure` is false. */
  readonly failed: readonly IngestFailure[];
  /** How many files were not read, as the ledger knew them. */
  readonly knownBefore: number;
}

/**
 * Brings existing media under a manifest: one succeeded step without a provider for each file, with the hash of its
 * bytes. Steps are in the order of content, so that the manifest's hash does not depend on the order of the files. A
 * file is read, hashed and let go; a sink reads it a second time and refuses it when it has changed between. With a
 * `ledger`, files with a `key` that were read before are not read again, and are in the manifest all the same.
 *
 * Errors: INVALID_OPTION; RUN_FAILED when a file cannot be read (every one of them, under `throwOnFailure: false`), and
 * then nothing is stored; SINK_FAILED, what the ledger throws, CANCELLED. What the ledger has is kept in all cases.
 *
 * @example
 * const { manifest } = await ingest(paths.map((path) => fileAsset(path)), { source: "camera", sink });
 */
export async function ingest(
  assets: Items<ExternalAsset | IngestEntry>,
  options: IngestOptions,
): Promise<IngestResult> {
  const checked = checkIngestOptions(options);
  if (typeof assets !== "object" || assets === null || !(Symbol.iterator in assets || Symbol.asyncIterator in assets)) {
    const message = `ingest(assets): a list of files like fileAsset(path) is expected; ${describeValue(assets)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  if (checked.signingKey !== undefined) toSigningKey(checked.signingKey);
  const runtime = checked.runtime ?? createRuntime();
  throwIfAborted(checked.signal);
  const abort = openRunSignal(runtime.clock, checked.signal, undefined);
  const session = await openLedger(checked.ledger);
  let hasFailed = true;
  try {
    const result = await ingestAll(assets, checked, { runtime, abort, session });
    hasFailed = false;
    return result;
  } finally {
    abort.close();
    await closeLedger(session, hasFailed);
  }
}

async function ingestAll(
  assets: Items<ExternalAsset | IngestEntry>,
  options: IngestOptions,
  context: IngestContext,
): Promise<IngestResult> {
  const { runtime, abort, session } = context;
  const startedAt = runtime.clock.now();
  const outcomes = await readFiles(assets, options, context);
  throwIfAborted(abort.signal);
  const entries = outcomes.flatMap((outcome) => ("entry" in outcome ? [outcome.entry] : []));
  const failed = outcomes.flatMap((outcome) => ("failure" in outcome ? [outcome.failure] : []));
  assertRead(entries, failed, options.throwOnFailure ?? true);
  const { source, sourceMetadata = {}, stepType = "ingest", parentRunIds = [] } = options;
  const { name = null, tenantId = null, projectId = null, signingKey, sink } = options;
  const endedAt = runtime.clock.now();
  const run = toIngestRun(
    entries.map(({ asset }) => asset),
    {
      ...{ source, sourceMetadata, stepType, parentRunIds, name, tenantId, projectId },
      ...{ startedAt, endedAt, createId: runtime.createId },
    },
  );
  const unsigned = Manifest.fromRun(run);
  const manifest =
    signingKey === undefined ? unsigned : await signManifest(unsigned, signingKey, { signedAtMs: endedAt });
  const stored = await sink
    ?.write(toSinkInput(run, manifest, entries, abort.signal), { signal: abort.signal })
    .catch((thrown: unknown) => throwAs(thrown, `Sink "${sink.name}"`));
  if (stored !== undefined) await rememberStored(session, entries, stored);
  const final = stored ?? { run, manifest };
  return {
    run: final.run,
    manifest: final.manifest,
    assets: final.run.steps.flatMap((step) => step.assets),
    stored,
    failed,
    knownBefore: entries.filter(({ wasKnown }) => wasKnown).length,
  };
}

function throwAs(thrown: unknown, doing: string): never {
  throw errorFromUnknown(thrown, doing);
}

function toSinkInput(run: Run, manifest: Manifest, entries: readonly ReadEntry[], runSignal: AbortSignal): SinkInput {
  const byId = new Map(entries.map((entry) => [entry.asset.assetId, entry]));
  return {
    run,
    manifest,
    has: ({ assetId }) => byId.has(assetId),
    async read({ assetId, mediaType }, signal = runSignal) {
      const entry = byId.get(assetId);
      if (entry !== undefined) return readAgain(entry, signal);
      const message = `Asset ${assetId} (${mediaType}) is none of this ingest.`;
      throw new GenblazeError("STORAGE_NOT_FOUND", message, { details: { assetId } });
    },
  };
}

async function rememberStored(
  session: LedgerSession | undefined,
  entries: readonly ReadEntry[],
  { assetUrls }: SinkReceipt,
): Promise<void> {
  const moved = entries.filter(({ asset: { assetId, url } }) => (assetUrls[assetId] ?? url) !== url);
  await Promise.all(
    moved.map((entry) => rememberEntry(session, entry, assetUrls[entry.asset.assetId] ?? entry.asset.url)),
  );
}
