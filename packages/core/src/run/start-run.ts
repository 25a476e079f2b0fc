import { errorFromUnknown } from "../errors/error-from-unknown.js";
import type { GenblazeError } from "../errors/genblaze-error.js";
import type { Plan } from "../pipeline/plan.js";
import type { StepOutput } from "../pipeline/scope.js";
import { toSigningKey } from "../signature/keys.js";
import { createEventLog, type RunEventListener } from "./event-log.js";
import { initialState } from "./expand-body.js";
import { finishRun } from "./finish-run.js";
import { assertAnswers, giveInput } from "./give-input.js";
import { type Journal, memoryJournal } from "./journal.js";
import { readState } from "./read-state.js";
import { runScope } from "./run-body.js";
import type { RunContext } from "./run-context.js";
import type { RunEvent, RunEventType } from "./run-events.js";
import { createRunLog } from "./run-log.js";
import { type CheckedRunOptions, checkRunOptions, type RunOptions } from "./run-options.js";
import { createRunPrivacy } from "./run-privacy.js";
import type { ResumeOptions, RunResult } from "./run-result.js";
import { cancelled, openRunSignal } from "./run-signal.js";
import { runStep } from "./run-step.js";
import { createRuntime, type Runtime } from "./runtime.js";
import { createSlots } from "./slots.js";
import { createSpool } from "./spool.js";

/** A run that is under way. */
export interface RunHandle<S = Readonly<Record<string, StepOutput>>> {
  readonly runId: string;
  readonly plan: Plan;
  /** Every event from the first one, for each reader anew; ends with the run. */
  readonly events: AsyncIterable<RunEvent>;
  /** The outcome. Rejects with a GenblazeError that carries the result so far, unless `throwOnFailure` is false. */
  readonly result: Promise<RunResult<S>>;
  /** Calls back for each event of a type, or for all with `"*"`; the returned function stops that. */
  on<Type extends RunEventType>(type: Type | "*", listener: RunEventListener<Type>): () => void;
  /** Ends the run as the caller's signal would. */
  cancel(reason?: unknown): void;
}

/** What a run that goes on has of the time before. */
interface Earlier {
  readonly journal: Journal;
  readonly context: RunContext;
  readonly options: CheckedRunOptions;
}

/**
 * Executes a plan. All state of the run lives in here; the plan can be run any number of times, also at once.
 * Wrong options are thrown at once (INVALID_OPTION); an input that does not fit rejects `result` (INPUT_INVALID).
 */
export function startRun<S>(plan: Plan, options: RunOptions, fallbackRuntime: Runtime | undefined): RunHandle<S> {
  const checked = checkRunOptions(options);
  return execute<S>(plan, checked, checked.runtime ?? fallbackRuntime ?? createRuntime(), undefined);
}

/** Goes on with a run: its journal says what has succeeded, what was made is where it was. */
function resumeRun<S>(plan: Plan, options: ResumeOptions, runtime: Runtime, earlier: Earlier): RunHandle<S> {
  // The signal, the time limit and the answers were for the run before; how it is run stays.
  const { signal, timeoutMs, answers, ...kept } = earlier.options;
  return execute<S>(plan, { ...kept, ...checkRunOptions(options) }, runtime, earlier);
}

function execute<S>(
  plan: Plan,
  options: CheckedRunOptions,
  runtime: Runtime,
  earlier: Earlier | undefined,
): RunHandle<S> {
  const runId = earlier?.context.state.runId ?? runtime.createId();
  const journal = earlier?.journal ?? runtime.journal ?? memoryJournal();
  const events = createEventLog(runtime.logger);
  if (options.onEvent !== undefined) events.on("*", options.onEvent);
  const signal = openRunSignal(runtime.clock, options.signal, options.timeoutMs);

  async function go(): Promise<RunResult<S>> {
    const stepIds = earlier === undefined ? plan.steps.map(() => runtime.createId()) : [];
    const fresh = () => initialState(runId, plan, stepIds);
    const state = earlier === undefined ? fresh() : await readState(journal, earlier.context.state);
    const resumed = earlier === undefined ? undefined : await readState(journal, earlier.context.state);
    const signingKey = options.signingKey === undefined ? undefined : toSigningKey(options.signingKey);
    const before = earlier && { startedAt: earlier.context.log.startedAt, entries: earlier.context.log.entries() };
    const log = createRunLog(state, () => resumed ?? fresh(), journal, events, runtime.clock, signal.abort, before);
    const privacy =
      earlier?.context.privacy ?? createRunPrivacy(plan, runId, options.privacy ?? {}, runtime.randomBytes);
    const run: RunContext = {
      state,
      log,
      runtime,
      privacy,
      spool: earlier?.context.spool ?? createSpool(runtime.createSpoolStorage?.()),
      logger: runtime.logger,
      abort: signal,
      slots: createSlots(options.concurrency),
      runStep,
      guards: plan.definition.guards,
      given: new Map(),
      values: new Map(earlier?.context.values),
      operations: new Map(),
      errors: new Map(),
      loaded: new Map(earlier?.context.loaded),
      ownerKey: options.privacy?.ownerKey ?? earlier?.context.ownerKey,
      cacheMode: options.cache ?? "use",
      answers: options.answers ?? {},
      answerWaiting: options.onWaiting,
    };
    assertAnswers(state, run.answers);
    if (earlier === undefined) await giveInput(run, options, signal);
    else
      run.given.set(
        state.root,
        earlier.context.given.get(earlier.context.state.root) ?? { input: undefined, assets: [] },
      );
    const journalError = await executeSteps(run, earlier !== undefined);
    const resume = <R>(more: ResumeOptions) => resumeRun<R>(plan, more, runtime, { journal, context: run, options });
    const { sink, parentRunIds = [], metadata = {} } = options;
    const result = await finishRun<S>(run, { sink, journalError, signingKey, parentRunIds, metadata, resume });
    if (result.error !== undefined && options.throwOnFailure !== false) throw result.error;
    return result;
  }

  const result = go().finally(() => {
    signal.close();
    events.close();
  });
  // Whoever only reads the events need not handle the result as well.
  result.catch(() => undefined);
  return { runId, plan, events, result, on: events.on, cancel: (reason) => signal.abort(cancelled(reason)) };
}

/** Runs the steps to their ends; gives the error of a journal that could not be written, which ends the run. */
async function executeSteps(run: RunContext, isResumed: boolean): Promise<GenblazeError | undefined> {
  const { state, log } = run;
  const steps = state.root.steps.map(({ planned, stepId }) => ({ step: planned.step.key, stepId }));
  try {
    const { name } = state.plan.definition;
    await log.record(isResumed ? { state: "run.resumed" } : { state: "run.planned", name, steps });
    await runScope(run, state.root);
    return undefined;
  } catch (thrown) {
    // Steps throw nothing else: without a journal nothing more is started, and what ran has been called back.
    const error = errorFromUnknown(thrown, "The journal");
    run.log.abandon(error);
    return error;
  }
}
