import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";
import { validate } from "../pipeline/output-schema.js";
import type { Plan } from "../pipeline/plan.js";
import type { StepOutput } from "../pipeline/scope.js";
import type { Mask } from "../privacy/mask.js";
import { toSigningKey } from "../signature/keys.js";
import { createEventLog, type RunEventListener } from "./event-log.js";
import { finishRun } from "./finish-run.js";
import { memoryJournal } from "./journal.js";
import type { RunContext } from "./run-context.js";
import type { RunEvent, RunEventType } from "./run-events.js";
import { runGraph } from "./run-graph.js";
import { createRunLog } from "./run-log.js";
import { checkRunOptions, type RunOptions } from "./run-options.js";
import { createRunPrivacy } from "./run-privacy.js";
import type { RunResult } from "./run-result.js";
import { cancelled, openRunSignal } from "./run-signal.js";
import { initialState } from "./run-state.js";
import { runStep } from "./run-step.js";
import { createRuntime, type Runtime } from "./runtime.js";
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

/**
 * Executes a plan. All state of the run lives in here; the plan can be run any number of times, also at once.
 * Wrong options are thrown at once (INVALID_OPTION); an input that does not fit rejects `result` (INPUT_INVALID).
 */
export function startRun<S>(plan: Plan, options: RunOptions, fallbackRuntime: Runtime | undefined): RunHandle<S> {
  const checked = checkRunOptions(options);
  const runtime = checked.runtime ?? fallbackRuntime ?? createRuntime();
  const runId = runtime.createId();
  const events = createEventLog(runtime.logger);
  if (checked.onEvent !== undefined) events.on("*", checked.onEvent);
  const signal = openRunSignal(runtime.clock, checked.signal, checked.timeoutMs);
  const state = initialState(
    runId,
    plan,
    plan.steps.map(() => runtime.createId()),
  );
  const log = createRunLog(state, runtime.journal ?? memoryJournal(), events, runtime.clock, signal.abort);
  const spool = createSpool(runtime.createSpoolStorage?.());

  async function execute(): Promise<RunResult<S>> {
    const privacy = createRunPrivacy(plan, runId, checked.privacy ?? {}, runtime.randomBytes);
    const signingKey = checked.signingKey === undefined ? undefined : toSigningKey(checked.signingKey);
    const input = await checkInput(plan, checked.input, privacy.inputMask(checked.input));
    const run: RunContext = {
      state,
      log,
      runtime,
      spool,
      input,
      privacy,
      logger: runtime.logger,
      abort: signal,
      values: new Map(),
      operations: new Map(),
      errors: new Map(),
    };
    const journalError = await executeSteps(run, checked.concurrency);
    const { sink, parentRunIds = [] } = checked;
    const result = await finishRun<S>(run, { sink, journalError, signingKey, parentRunIds });
    if (result.error !== undefined && checked.throwOnFailure !== false) throw result.error;
    return result;
  }

  const result = execute().finally(() => {
    signal.close();
    events.close();
  });
  // Whoever only reads the events need not handle the result as well.
  result.catch(() => undefined);
  return { runId, plan, events, result, on: events.on, cancel: (reason) => signal.abort(cancelled(reason)) };
}

/** Runs the steps to their ends; gives the error of a journal that could not be written, which ends the run. */
async function executeSteps(run: RunContext, concurrency: number | undefined): Promise<GenblazeError | undefined> {
  const { state, log } = run;
  const identities = state.steps.map(({ planned, stepId }) => ({ step: planned.step.key, stepId }));
  const keyOf = (index: number) => state.steps[index]?.planned.step.key ?? "";
  try {
    await log.record({ state: "run.planned", name: state.plan.definition.name, steps: identities });
    await runGraph(state.plan.steps, {
      concurrency,
      run: async (index) => {
        const progress = state.steps[index];
        return progress !== undefined && runStep(run, progress);
      },
      skip: (index, because) => log.record({ state: "skipped", step: keyOf(index), because: keyOf(because) }),
      onReady: (index, mustWait) => log.record({ state: "ready", step: keyOf(index), mustWait }),
    });
    return undefined;
  } catch (thrown) {
    // Steps throw nothing else: without a journal nothing more is started, and what ran has been called back.
    const error = errorFromUnknown(thrown, "The journal");
    run.log.abandon(error);
    return error;
  }
}

async function checkInput(plan: Plan, input: unknown, mask: Mask): Promise<unknown> {
  const { definition } = plan;
  if (definition.input === undefined) {
    if (input === undefined) return undefined;
    throw new GenblazeError(
      "INPUT_INVALID",
      `Pipeline "${definition.name}" takes no input, but one was given. Give it a schema: new Pipeline(name, { input: schema }).`,
    );
  }
  // The schema decides whether it likes what was given; JSON is what manifests can record.
  return validate(definition.input, input as JsonValue | undefined, (problem) => {
    const message = `The input of pipeline "${definition.name}" does not fit its schema: ${mask.text(problem)}.`;
    return new GenblazeError("INPUT_INVALID", message);
  });
}
