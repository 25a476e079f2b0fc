import type { LedgerSession } from "../batch/ledger.js";
import type { Items } from "../batch/take-items.js";
import { workOff } from "../batch/work-off.js";
import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { describeValue } from "../options/describe-value.js";
import { type ExternalAsset, isExternalAsset } from "../pipeline/external-asset.js";
import type { RunSignal } from "../run/run-signal.js";
import type { Runtime } from "../run/runtime.js";
import type { IngestOptions } from "./ingest-options.js";
import { type IngestEntry, type ReadEntry, readEntry, rememberEntry } from "./read-entry.js";

/** A file that could not be read. */
export interface IngestFailure {
  /** From 0, in the order of the files. */
  readonly index: number;
  /** The file's name, or host and path of its URL. */
  readonly label: string;
  readonly error: GenblazeError;
}

/** What came of one file. */
export type Outcome =
  | { readonly index: number; readonly entry: ReadEntry }
  | { readonly index: number; readonly failure: IngestFailure };

/** What one ingest goes by. */
export interface IngestContext {
  readonly runtime: Runtime;
  readonly abort: RunSignal;
  readonly session: LedgerSession | undefined;
}

/** What came of each file, in their order. */
export async function readFiles(
  assets: Items<ExternalAsset | IngestEntry>,
  { concurrency = 4 }: IngestOptions,
  { runtime, abort, session }: IngestContext,
): Promise<readonly Outcome[]> {
  const { signal } = abort;
  const context = { session, createId: runtime.createId, signal };
  const outcomes: Outcome[] = [];
  const work = workOff<ExternalAsset | IngestEntry, Outcome>(assets, {
    concurrency,
    async work(given, index, fail) {
      const entry = toEntry(given, index);
      const outcome = await readEntry(entry, context).then(
        (read) => ({ index, entry: read }),
        (thrown: unknown) => ({ index, failure: toFailure(entry, index, thrown) }),
      );
      // A file that is not remembered is read again by the next ingest; but a ledger that fails shall be seen.
      if ("entry" in outcome && !outcome.entry.wasKnown) {
        await rememberEntry(session, outcome.entry, outcome.entry.asset.url).catch(fail);
      }
      return outcome;
    },
    shouldStop: () => signal.aborted,
    onStop: (callback) => abort.onAbort(callback),
    onLeave: () => undefined,
  });
  for await (const outcome of work) outcomes.push(outcome);
  return outcomes.sort((left, right) => left.index - right.index);
}

function toEntry(given: unknown, index: number): IngestEntry {
  if (isExternalAsset(given)) return { asset: given };
  const [asset, key] =
    typeof given === "object" && given !== null ? [Reflect.get(given, "asset"), Reflect.get(given, "key")] : [];
  if (isExternalAsset(asset) && (key === undefined || typeof key === "string")) return { asset, key };
  const message = `ingest(assets): file ${index}: an asset like fileAsset(path), or { asset, key }, is expected; ${describeValue(given)} was given.`;
  throw new GenblazeError("INVALID_OPTION", message, { details: { index } });
}

function toFailure({ asset: { label } }: IngestEntry, index: number, thrown: unknown): IngestFailure {
  return { index, label, error: errorFromUnknown(thrown, `The file "${label}"`) };
}

/** As many as somebody reads. */
const SHOWN_FAILURES = 10;

/** RUN_FAILED for files that could not be read, where they must; INVALID_OPTION when there was none. */
export function assertRead(entries: readonly ReadEntry[], failed: readonly IngestFailure[], mustAll: boolean): void {
  const [first] = failed;
  if (first !== undefined && (mustAll || entries.length === 0)) {
    const lines = failed.slice(0, SHOWN_FAILURES).map(({ label, error }) => `"${label}": ${error.message}`);
    const message = `${failed.length} of ${failed.length + entries.length} files could not be ingested, and nothing was stored.`;
    const details = { failed: failed.map(({ index }) => index) };
    throw new GenblazeError("RUN_FAILED", [message, ...lines].join("\n"), { cause: first.error, details });
  }
  if (entries.length > 0) return;
  throw new GenblazeError("INVALID_OPTION", "ingest(assets): at least one file is expected; none was given.");
}
