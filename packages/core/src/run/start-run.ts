import { GenblazeError } from "../errors/genblaze-error.js";
import type { Journal, RunClaim } from "../journal/journal.js";
import { memoryJournal } from "../journal/memory-journal.js";
import type { Plan } from "../pipeline/plan.js";
import type { StepOutput } from "../pipeline/scope.js";
import { answeringJournal } from "./answering-journal.js";
import type { RunEventListener } from "./event-listeners.js";
import { createEventLog } from "./event-log.js";
import { executeSteps, planned, resumed } from "./execute-steps.js";
import { finishRun } from "./finish-run.js";
import { assertAnswers, giveInput } from "./give-input.js";
import { journalFailed } from "./journal-failed.js";
import { eventsBefore, openRun } from "./open-run.js";
import { beginningOf, refillRun } from "./refill-run.js";
import type { RunContext } from "./run-context.js";
import type { RunEvent, RunEventType } from "./run-events.js";
import type { RunMemory } from "./run-memory.js";
import { type CheckedRunOptions, checkRunOptions, type RunOptions } from "./run-options.js";
import type { ResumeOptions, RunResult } from "./run-result.js";
import { cancelled, openRunSignal } from "./run-signal.js";
import { openStand, type Stand } from "./run-stand.js";
import type { RunState } from "./run-state.js";
import { createRuntime, type Runtime } from "./runtime.js";
import { checkStreamOptions, type StreamOptions } from "./stream-options.js";
import type { RunBeginning } from "./transitions.js";

/** A run that is under way. */
export interface RunHandle<S = Readonly<Record<string, StepOutput>>> {
  readonly runId: string;
  readonly plan: Plan;
  /**
   * The events of this turn from its first one, for each reader anew; ends with the run. Of a run with more than 10,000
   * events, the older ones are read out of its journal, without the reports of progress that it does not have.
   */
  readonly events: AsyncIterable<RunEvent>;
  /**
   * The events after a number, those of earlier turns too, with a rule for a reader that is slower than the run. Leaving
   * ends the reading, not the run. INVALID_OPTION; in the loop READER_TOO_SLOW, and JOURNAL_FAILED when what was before
   * cannot be read.
   */
  stream(options?: StreamOptions): AsyncIterableIterator<RunEvent, void>;
  /** The outcome. Rejects with a GenblazeError that carries the result so far, unless `throwOnFailure` is false. */
  readonly result: Promise<RunResult<S>>;
  /** Calls back for each event of a type, or for all with `"*"`; the returned function stops that. */
  on<Type extends RunEventType>(type: Type | "*", listener: RunEventListener<Type>): () => void;
  /** Ends the run as the caller's signal would. */
  cancel(reason?: unknown): void;
}

/** A run as this process knows it, for all the times that it is gone on with. */
interface KnownRun {
  readonly journal: Journal;
  readonly state: RunState;
  readonly memory: RunMemory;
  readonly options: CheckedRunOptions;
  readonly beginning: RunBeginning | undefined;
  /** Two turns at once would both pay. */
  readonly turn: { isUnderWay: boolean };
}

/**
 * Executes a plan. All state of the run lives in here; the plan can be run any number of times, also at once.
 * Wrong options are thrown at once (INVALID_OPTION); an input that does not fit rejects `result` (INPUT_INVALID).
 * `going` says that it goes on with a run that has ended, too: RUN_NOT_FOUND when the journal does not know it.
 */
export function startRun<S>(
  plan: Plan,
  options: RunOptions,
  fallbackRuntime: Runtime | undefined,
  going: Pick<CheckedRunOptions, "resumes" | "retries" | "from" | "cancels"> = {},
): RunHandle<S> {
  const checked = { ...checkRunOptions(options), ...going };
  return execute<S>(plan, checked, checked.runtime ?? fallbackRuntime ?? createRuntime(), undefined);
}

/** Goes on with a run: its journal says what has succeeded, what was made is where it was. */
function resumeRun<S>(plan: Plan, options: ResumeOptions, runtime: Runtime, earlier: KnownRun): RunHandle<S> {
  const checked = checkRunOptions(options);
  if (earlier.turn.isUnderWay) throw underWay(earlier.state.runId);
  // The signal, the time limit and the answers were for the run before; how it is run stays.
  const { signal, timeoutMs, answers, onUnknownSubmit, from, ...kept } = earlier.options;
  return execute<S>(plan, { ...kept, ...checked }, runtime, earlier);
}

function underWay(runId: string): GenblazeError {
  const message = `Run ${runId} is being resumed already, and what is resumed twice at once is paid twice. Await the result of the first resume, and resume that one.`;
  return new GenblazeError("INVALID_OPTION", message, { details: { runId } });
}

function execute<S>(
  plan: Plan,
  options: CheckedRunOptions,
  runtime: Runtime,
  earlier: KnownRun | undefined,
): RunHandle<S> {
  const runId = earlier?.state.runId ?? options.runId ?? runtime.createId();
  const kept = earlier?.journal ?? options.journal ?? runtime.journal;
  const journal = kept ?? memoryJournal();
  const turn = earlier?.turn ?? { isUnderWay: true };
  turn.isUnderWay = true;
  const signal = openRunSignal(runtime.clock, options.signal, options.timeoutMs);
  const answering = answeringJournal(journal, signal, runtime.clock);
  const events = createEventLog(runtime.logger, signal);
  if (options.onEvent !== undefined) events.on("*", options.onEvent);

  async function go(claim: RunClaim): Promise<RunResult<S>> {
    const stand = await openStand({
      plan,
      options,
      runtime,
      journal: answering,
      claim,
      runId,
      earlier,
      isKept: kept !== undefined,
    });
    const { memory, ended, isNew } = stand;
    const signingKey = options.signingKey && (await import("../signature/keys.js")).toSigningKey(options.signingKey);
    const run = openRun(plan, options, {
      runtime,
      stand,
      journal: answering,
      events,
      signal,
      isKept: kept !== undefined,
    });
    // Also read once the run has ended.
    events.begin(eventsBefore(run, journal, stand));
    const { state } = run;
    const beginning = await fillRun(run, options, stand, kept !== undefined);
    run.spending.restore(state);
    assertAnswers(state, run.answers);
    const journalError =
      ended === undefined
        ? await executeSteps(run, isNew ? planned(state, beginning) : resumed(options, stand))
        : undefined;
    const resume = <R>(more: ResumeOptions) =>
      resumeRun<R>(plan, more, runtime, { journal, state, memory, options, beginning, turn });
    const { parentRunIds = [], metadata = {} } = beginning ?? options;
    run.spending.end();
    const end = { sink: options.sink, journalError, signingKey, parentRunIds, metadata, resume, endedBefore: ended };
    const result = await finishRun<S>(run, end);
    if (result.error !== undefined && options.throwOnFailure !== false) throw result.error;
    return result;
  }

  const result = withClaim(answering, runId, go).finally(() => {
    turn.isUnderWay = false;
    signal.close();
    events.close();
  });
  // Whoever only reads the events need not handle the result as well.
  result.catch(() => undefined);
  return {
    runId,
    plan,
    events,
    result,
    stream: (reading = {}) => events.read(checkStreamOptions(reading)),
    on: events.on,
    cancel: (reason) => signal.abort(cancelled(reason)),
  };
}

/** RUN_BUSY; JOURNAL_FAILED. */
async function withClaim<T>(journal: Journal, runId: string, work: (claim: RunClaim) => Promise<T>): Promise<T> {
  const claim = await claimRun(journal, runId);
  try {
    return await work(claim);
  } finally {
    // All is written by now; a right that cannot be given back ends with this process.
    await claim.release().catch(() => undefined);
  }
}

async function claimRun(journal: Journal, runId: string): Promise<RunClaim> {
  try {
    return await journal.claim(runId);
  } catch (thrown) {
    throw GenblazeError.isInstance(thrown) ? thrown : journalFailed(thrown);
  }
}

/** Gives the run what it was begun with; what the journal has to know of that. */
async function fillRun(
  run: RunContext,
  options: CheckedRunOptions,
  { isNew, isInterrupted, beginning, ended }: Stand,
  isKept: boolean,
): Promise<RunBeginning | undefined> {
  if (isNew) {
    await giveInput(run, options);
    return isKept ? beginningOf(run, options) : undefined;
  }
  // In the process that began it, all is at hand.
  if (beginning !== undefined && !run.given.has(run.state.root.path)) {
    await refillRun(run, beginning, options, ended !== undefined || (isInterrupted && options.resumes !== true));
  }
  return beginning;
}
