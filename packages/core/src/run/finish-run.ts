import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonValue } from "../json/json-value.js";
import { Manifest } from "../manifest/manifest.js";
import type { Run, RunStatus } from "../manifest/model.js";
import { describeValue } from "../options/describe-value.js";
import type { SigningKey } from "../signature/keys.js";
import { signManifest } from "../signature/sign-manifest.js";
import type { Sink, SinkInput, SinkReceipt } from "../storage/sink.js";
import { raceAbort } from "./abort-source.js";
import type { RunContext } from "./run-context.js";
import { runErrorOf } from "./run-error.js";
import type { RunResult } from "./run-result.js";
import { saveOutput } from "./save-output.js";
import { toRun } from "./step-record.js";
import { toStepResult } from "./step-result.js";

/** How the steps of a run came to their end. */
export interface StepsEnd {
  readonly sink: Sink | undefined;
  readonly journalError: GenblazeError | undefined;
  readonly signingKey: SigningKey | undefined;
  readonly parentRunIds: readonly string[];
}

interface RunEnd {
  readonly status: RunStatus;
  readonly manifestHash: string;
  readonly error: GenblazeError | undefined;
}

/**
 * Makes the record and the manifest of a run whose steps have ended, writes it to its sink, and gives the result.
 * Never rejects: what went wrong is the result's `error`.
 */
export async function finishRun<S>(run: RunContext, end: StepsEnd): Promise<RunResult<S>> {
  const { sink, journalError, parentRunIds } = end;
  const { state, log, runtime } = run;
  const status = statusOf(run);
  const endedAt = runtime.clock.now();
  const inputMetadata = run.privacy.inputMetadata(inputOf(run));
  const record = toRun(state, { status, startedAt: log.startedAt, endedAt, inputMetadata, parentRunIds });
  const manifest = await makeManifest(run, record, end, endedAt);
  const input: SinkInput = { run: record, manifest, has: run.spool.has, read: run.spool.read };
  const stored = sink === undefined ? undefined : await writeTo(run, sink, input);
  const isStored = stored !== undefined && !GenblazeError.isInstance(stored);
  const final = isStored ? stored : { run: record, manifest };
  const result: RunResult<S> = {
    ...resultOf<S>(run, final.run, final.manifest),
    elapsedMs: endedAt - log.startedAt,
    stored: isStored ? stored : undefined,
    store: async (other, options) => {
      assertSink(other);
      return other.write(input, options);
    },
    get error() {
      return error;
    },
  };
  const sinkError = GenblazeError.isInstance(stored) ? stored : undefined;
  // The step types of a result are known to its pipeline only; in an error they are open.
  const error = runErrorOf(run, { status, sink: sinkError, journal: journalError }, result as unknown as RunResult);
  const ended: RunEnd = { status, manifestHash: manifest.canonicalHash, error };
  if (journalError === undefined) await recordEnd(run, ended);
  else reportEnd(run, ended);
  return result;
}

async function makeManifest(
  { privacy }: RunContext,
  record: Run,
  { signingKey }: StepsEnd,
  signedAtMs: number,
): Promise<Manifest> {
  const { encryptionScheme } = privacy;
  const manifest = Manifest.fromRun(record, { encryptionScheme });
  return signingKey === undefined ? manifest : signManifest(manifest, signingKey, { signedAtMs });
}

function resultOf<S>(run: RunContext, record: Run, manifest: Manifest) {
  const steps = run.state.steps.map((progress) => toStepResult(run, progress));
  const byName = new Map(steps.map((step) => [step.name, step]));
  const save: RunResult["save"] = (path, options = {}) => saveOutput(run, manifest, steps, path, options);
  // The builder gave each step its type under the same name.
  const step = ((name: string) => byName.get(name) ?? throwUnknown(name, [...byName.keys()])) as RunResult<S>["step"];
  const opening = () => run.privacy.opening();
  return { runId: record.runId, status: record.status, run: record, manifest, steps, step, save, opening };
}

/** Within the run's time limit and the caller's patience; when either is at its end, `result.store` is there. */
async function writeTo({ abort }: RunContext, sink: Sink, input: SinkInput): Promise<SinkReceipt | GenblazeError> {
  try {
    abort.signal.throwIfAborted();
    return await raceAbort(sink.write(input, { signal: abort.signal }), abort);
  } catch (error) {
    return errorFromUnknown(error, `Sink "${sink.name}"`);
  }
}

function assertSink(sink: unknown): void {
  if (typeof sink === "object" && sink !== null && typeof Reflect.get(sink, "write") === "function") return;
  const message = `result.store(sink): a sink like objectStorageSink(storage) is expected; ${describeValue(sink)} was given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

async function recordEnd(run: RunContext, end: RunEnd): Promise<void> {
  const { error, ...facts } = end;
  const recorded = error === undefined ? undefined : { code: error.code, message: error.message.toWellFormed() };
  try {
    await run.log.record({ state: "run.ended", ...facts, error: recorded });
  } catch (thrown) {
    reportEnd(run, end);
    // All that the journal now lacks is that the run has ended; its steps and outputs are in it.
    run.logger.warn("The end of the run could not be written into its journal.", {
      runId: run.state.runId,
      thrown: String(thrown),
    });
  }
}

/** Readers of the events learn of the end, though the journal does not. */
function reportEnd(run: RunContext, { error, ...facts }: RunEnd): void {
  const type = error === undefined ? "pipeline.completed" : "pipeline.failed";
  run.log.report({ type, ...facts, message: error?.message ?? "" });
}

function statusOf({ state, abort: { signal } }: RunContext): RunStatus {
  if (state.steps.every((step) => step.state === "succeeded")) return "completed";
  const isCancelled = GenblazeError.isInstance(signal.reason) && signal.reason.code === "CANCELLED";
  return isCancelled ? "cancelled" : "failed";
}

function inputOf({ input }: RunContext): JsonValue | undefined {
  // What a schema made into something else than JSON cannot be recorded.
  return findNonJson(input) === undefined ? (input as JsonValue) : undefined;
}

function throwUnknown(name: string, names: readonly string[]): never {
  const message = `The run has no step "${name}".${didYouMean(name, names)}`;
  throw new GenblazeError("UNKNOWN_STEP", message, { details: { name } });
}
