import { costOfRun } from "../batch/cost-of-run.js";
import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import { createTimeText } from "../internal/time-text.js";
import type { JsonObject } from "../json/json-value.js";
import type { StepOutput } from "../pipeline/scope.js";
import type { Clock } from "../provider/clock.js";
import type { RunEvent } from "../run/run-events.js";
import type { RunResult } from "../run/run-result.js";
import type { RunSignal } from "../run/run-signal.js";
import type { AgentEvent } from "./agent-events.js";
import { type AgentOptions, DEFAULT_ITERATIONS } from "./agent-options.js";
import { endOf, toResult } from "./agent-result.js";
import type {
  AgentContext,
  AgentEnd,
  AgentIteration,
  AgentResult,
  AgentRunOptions,
  MakePipeline,
} from "./agent-types.js";
import { checkEvaluation, type Evaluation } from "./evaluation.js";
import type { EventQueue } from "./event-queue.js";

/** What one execution of a loop goes by. */
export interface AgentExecution<S, Out extends StepOutput> {
  readonly makePipeline: MakePipeline<S, Out>;
  readonly options: AgentOptions<S>;
  readonly runOptions: AgentRunOptions;
  readonly events: EventQueue<AgentEvent | RunEvent>;
  readonly clock: Clock;
  readonly signal: RunSignal;
}

/** Runs iteration after iteration until there is a reason to end. */
export async function runIterations<S, Out extends StepOutput>(
  execution: AgentExecution<S, Out>,
): Promise<AgentResult<S>> {
  const { options, events, clock } = execution;
  const timeText = createTimeText();
  const timestamp = () => timeText(clock.now());
  const { maxIterations: total = DEFAULT_ITERATIONS } = options;
  const iterations: AgentIteration<S>[] = [];
  let stoppedBy: AgentEnd | undefined;
  while (stoppedBy === undefined) {
    const before = iterations.at(-1);
    const iteration = iterations.length;
    const message = before?.evaluation?.feedback ?? "";
    events.add({ type: "agent.iteration.started", timestamp: timestamp(), iteration, total, message });
    const last = await runIteration(execution, iterations);
    iterations.push(last);
    if (last.evaluation !== undefined) {
      const { passed, score, feedback } = last.evaluation;
      events.add({ type: "agent.iteration.evaluated", timestamp: timestamp(), iteration, passed, score, feedback });
    }
    stoppedBy = endOf(iterations, last, options);
  }
  const result = toResult(iterations, stoppedBy);
  const { passed, totalCostUsd } = result;
  events.add({
    type: "agent.completed",
    timestamp: timestamp(),
    passed,
    iterations: iterations.length,
    totalCostUsd,
  });
  if (result.best.result.error !== undefined) throw result.best.result.error;
  return result;
}

async function runIteration<S, Out extends StepOutput>(
  { makePipeline, options, runOptions, events, signal: { signal } }: AgentExecution<S, Out>,
  iterations: readonly AgentIteration<S>[],
): Promise<AgentIteration<S>> {
  throwIfAborted(signal);
  const before = iterations.at(-1);
  const context = contextOf(iterations);
  const evidence = evidenceOf(context, options.maxIterations ?? DEFAULT_ITERATIONS);
  const pipeline = await guarded("makePipeline", before?.result, async () => makePipeline(context));
  throwIfAborted(signal);
  const result = await guarded("makePipeline", before?.result, () =>
    pipeline.run({
      ...runOptions,
      metadata: { ...runOptions.metadata, ...evidence },
      ...(before === undefined ? {} : { parentRunIds: [before.result.runId] }),
      signal,
      throwOnFailure: false,
      onEvent(event) {
        events.add(event);
        runOptions.onEvent?.(event);
      },
    }),
  );
  if (result.status === "cancelled" && result.error !== undefined) throw result.error;
  const evaluation =
    result.status === "completed"
      ? await guarded("evaluate", result, async () => checkEvaluation(await options.evaluate(result)))
      : undefined;
  const costUsd = options.costOf === undefined ? costOfRun(result.run) : options.costOf(result);
  return { iteration: iterations.length, result, evaluation, costUsd };
}

/** What the caller's functions throw ends the loop, and does not lose what was made. */
async function guarded<S, T>(name: string, last: RunResult<S> | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const { code, message, details, isRetryable } = errorFromUnknown(thrown, `The function ${name} of the agent loop`);
    throw new GenblazeError(code, message, {
      details,
      isRetryable,
      cause: thrown,
      ...(last === undefined ? {} : { result: withOpenSteps(last) }),
    });
  }
}

/** The step types of a result are known to its pipeline only; elsewhere they are open. */
function withOpenSteps<S>(result: RunResult<S>): RunResult {
  return result as unknown as RunResult;
}

function contextOf<S>(iterations: readonly AgentIteration<S>[]): AgentContext {
  const iteration = iterations.length;
  const lastEvaluation = iterations.at(-1)?.evaluation;
  return {
    iteration,
    previous: iterations.map(({ result }) => withOpenSteps(result)),
    lastEvaluation,
  };
}

/** What the manifest of an iteration says of the loop. */
function evidenceOf({ iteration, lastEvaluation }: AgentContext, maxIterations: number): JsonObject {
  const said = lastEvaluation === undefined ? {} : { last_evaluation: toJson(lastEvaluation) };
  return { agent: { iteration, max_iterations: maxIterations, ...said } };
}

function toJson({ passed, score, rank, feedback, metadata }: Evaluation): JsonObject {
  const all = { passed, score, rank, feedback, metadata };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
