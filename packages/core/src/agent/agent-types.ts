import type { Modality } from "../manifest/model.js";
import type { Pipeline } from "../pipeline/pipeline.js";
import type { StepOutput } from "../pipeline/scope.js";
import type { RunEvent } from "../run/run-events.js";
import type { RunOptions } from "../run/run-options.js";
import type { RunResult } from "../run/run-result.js";
import type { AgentEvent } from "./agent-events.js";
import type { Evaluation } from "./evaluation.js";

/** What a pipeline of a loop is made from. */
export interface AgentContext {
  /** From 0. */
  readonly iteration: number;
  /** The runs so far, in order; the compiler does not know their steps here. */
  readonly previous: readonly RunResult[];
  /** What was said of the last one; undefined for the first iteration, and after a run that failed. */
  readonly lastEvaluation: Evaluation | undefined;
}

/** Makes the pipeline of one iteration. */
export type MakePipeline<S, Out extends StepOutput = StepOutput> = (
  context: AgentContext,
) => Pipeline<undefined, Modality, S, Out> | Promise<Pipeline<undefined, Modality, S, Out>>;

/** One iteration of a loop. */
export interface AgentIteration<S = Readonly<Record<string, StepOutput>>> {
  /** From 0. */
  readonly iteration: number;
  readonly result: RunResult<S>;
  /** Undefined for a run that did not complete. */
  readonly evaluation: Evaluation | undefined;
  /** US dollars; null when a price is unknown. */
  readonly costUsd: number | null;
}

/** Why a loop ended: an iteration passed, all were run, a run failed or waits for an answer, the next could be too dear. */
export type AgentEnd = "passed" | "iterations" | "failure" | "waiting" | "budget" | "unknown price";

/** What a loop gave. */
export interface AgentResult<S = Readonly<Record<string, StepOutput>>> {
  readonly iterations: readonly AgentIteration<S>[];
  /** The one that passed, or else was ranked highest; among equals the earliest. It need not be the last. */
  readonly best: AgentIteration<S>;
  readonly last: AgentIteration<S>;
  readonly passed: boolean;
  readonly stoppedBy: AgentEnd;
  /** US dollars of all iterations; null when a price is unknown. */
  readonly totalCostUsd: number | null;
}

/**
 * What each run of a loop is told; a sink is written to by every one of them. With a `journal` each is written down
 * under an id of its own, by which it can be gone on with; what the loop's functions said is in no journal, so that a
 * loop that was interrupted begins anew.
 */
export type AgentRunOptions = Omit<RunOptions, "input" | "throwOnFailure" | "runId" | "onChange">;

/** A loop that is under way. */
export interface AgentHandle<S = Readonly<Record<string, StepOutput>>> {
  /**
   * The events of the loop and of its runs, from the first one, for each reader anew; end with the loop. Of reports of
   * progress (`isTransient`) the last 10,000 are kept.
   */
  readonly events: AsyncIterable<AgentEvent | RunEvent>;
  readonly result: Promise<AgentResult<S>>;
  cancel(reason?: unknown): void;
}

/** A loop that can be run any number of times. */
export interface AgentLoop<S = Readonly<Record<string, StepOutput>>> {
  run(options?: AgentRunOptions): Promise<AgentResult<S>>;
  /** Begins to run and gives events and result. INVALID_OPTION is thrown at once. */
  start(options?: AgentRunOptions): AgentHandle<S>;
}
