import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import { Manifest } from "../manifest/manifest.js";
import type { Run } from "../manifest/model.js";
import { describeValue } from "../options/describe-value.js";
import type { SigningKey } from "../signature/keys.js";
import type { Sink, SinkInput, SinkReceipt } from "../storage/sink.js";
import { raceAbort } from "./abort-source.js";
import { costOfRun, endType } from "./events-of.js";
import { factsOfRun } from "./facts-of-run.js";
import type { RunEnding } from "./restore-run.js";
import type { RunContext } from "./run-context.js";
import { runErrorOf } from "./run-error.js";
import type { ResumeOptions, RunResult, StepResult } from "./run-result.js";
import { inRecordOrder, type StepProgress } from "./run-state.js";
import { scopeEnd } from "./scope-end.js";
import type { RunHandle } from "./start-run.js";
import { placesOf, toRun } from "./step-record.js";
import { toStepResult } from "./step-result.js";
import type { RunEndStatus } from "./transitions.js";

/** How the steps of a run came to their end. */
export interface StepsEnd {
  readonly sink: Sink | undefined;
  readonly journalError: GenblazeError | undefined;
  readonly signingKey: SigningKey | undefined;
  readonly parentRunIds: readonly string[];
  readonly metadata: JsonObject;
  /** How it has ended in an earlier turn, when nothing was done in this one. */
  readonly endedBefore: RunEnding | undefined;
  /** Goes on with the run. */
  readonly resume: <R>(options: ResumeOptions) => RunHandle<R>;
}

interface RunEnd {
  readonly status: RunEndStatus;
  readonly manifestHash: string;
  readonly endedAt: number;
  readonly error: GenblazeError | undefined;
}

/**
 * Makes the record and the manifest of a run whose steps have ended, writes it to its sink, and gives the result.
 * Never rejects: what went wrong is the result's `error`.
 */
export async function finishRun<S>(run: RunContext, end: StepsEnd): Promise<RunResult<S>> {
  const { sink, journalError, parentRunIds, metadata, endedBefore } = end;
  const { state, log, runtime } = run;
  const status = endedBefore?.status ?? statusOf(run);
  const endedAt = endedBefore?.endedAt ?? runtime.clock.now();
  const inputMetadata = run.privacy.inputMetadata(inputOf(run));
  const record = toRun(state, { status, startedAt: log.startedAt, endedAt, inputMetadata, parentRunIds, metadata });
  const manifest = await makeManifest(run, record, end, endedAt);
  const input: SinkInput = { run: record, manifest, has: run.spool.has, read: run.spool.read };
  const stored = sink === undefined ? undefined : await writeTo(run, sink, input);
  const isStored = stored !== undefined && !GenblazeError.isInstance(stored);
  const final = isStored ? stored : { run: record, manifest };
  const result: RunResult<S> = {
    ...resultOf<S>(run, final.run, final.manifest),
    status,
    get facts() {
      return factsOfRun(run, status, endedAt - log.startedAt);
    },
    // Most runs are not asked for one.
    async report() {
      const { createReport } = await import("../report/create-report.js");
      return createReport(factsOfRun(run, status, endedAt - log.startedAt));
    },
    // The steps of a run are those of its pipeline, whoever goes on with it.
    resume: <R>(options = {}) => end.resume<R>(options),
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
  const trouble = { status, sink: sinkError, journal: journalError, before: endedBefore?.error };
  const error = runErrorOf(run, trouble, result as unknown as RunResult);
  const ended: RunEnd = { status, manifestHash: manifest.canonicalHash, endedAt, error };
  if (endedBefore === undefined && journalError === undefined) await recordEnd(run, ended);
  else if (endedBefore !== undefined && sinkError === undefined) log.reportAgain(endedBefore.entry);
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
  if (signingKey === undefined) return manifest;
  const { signManifest } = await import("../signature/sign-manifest.js");
  return signManifest(manifest, signingKey, { signedAtMs });
}

function resultOf<S>(run: RunContext, record: Run, manifest: Manifest) {
  const { byKey, root } = run.state;
  const results = new Map<string, StepResult>();
  const find = (name: string): StepResult => {
    const progress = byKey.get(name);
    if (progress === undefined) return throwUnknown(name, [...byKey.keys()]);
    const result = results.get(name) ?? toStepResult(run, progress);
    results.set(name, result);
    return result;
  };
  const steps = root.steps.map(({ planned }) => find(planned.step.key));
  const save: RunResult["save"] = async (path, options = {}) => {
    const { saveOutput } = await import("./save-output.js");
    return saveOutput(run, manifest, steps, find, path, options);
  };
  const places = placesOf(inRecordOrder(root.steps));
  return {
    runId: record.runId,
    run: record,
    manifest,
    steps,
    waiting: [...byKey.values()].filter(isWaiting).map(({ planned }) => planned.step.key),
    // The builder gave each step its type under the same name.
    step: find as RunResult<S>["step"],
    save,
    opening: () => run.privacy.opening(places),
  };
}

/** Whether it asks for an answer itself, and is no node around one that does. */
function isWaiting({ state, question }: StepProgress): boolean {
  return state === "waiting" && question !== undefined;
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
  const { status, manifestHash } = facts;
  const costUsd = costOfRun(run.state);
  run.log.report({ type: endType(status, error), status, manifestHash, costUsd, message: error?.message ?? "" });
}

function statusOf({ state, abort: { signal } }: RunContext): RunEndStatus {
  const end = scopeEnd(state.root.steps);
  if (end === "completed" || end === "waiting") return end;
  const isCancelled = GenblazeError.isInstance(signal.reason) && signal.reason.code === "CANCELLED";
  return isCancelled ? "cancelled" : "failed";
}

function inputOf({ given, state }: RunContext): JsonValue | undefined {
  const input = given.get(state.root.path)?.input;
  // What a schema made into something else than JSON cannot be recorded.
  return findNonJson(input) === undefined ? (input as JsonValue) : undefined;
}

function throwUnknown(name: string, names: readonly string[]): never {
  const message = `The run has no step "${name}".${didYouMean(name, names)}`;
  throw new GenblazeError("UNKNOWN_STEP", message, { details: { name } });
}
