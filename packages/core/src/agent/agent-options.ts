import { z } from "zod";
import { checkOptions } from "../options/check-options.js";
import type { StepOutput } from "../pipeline/scope.js";
import type { RunResult } from "../run/run-result.js";
import type { Evaluator } from "./evaluation.js";

/** What {@link agentLoop} takes besides its pipelines. */
export interface AgentOptions<S = Readonly<Record<string, StepOutput>>> {
  /** Judges each iteration that completed. */
  readonly evaluate: Evaluator<S>;
  /** @default 3 */
  readonly maxIterations?: number | undefined;
  /** Whether an iteration whose run fails ends the loop; else the next one is tried. @default true */
  readonly stopOnFailure?: boolean | undefined;
  /**
   * No further iteration begins that could go beyond so many US dollars, as dear as the dearest so far; nor after one
   * whose price is unknown. @default no limit
   */
  readonly maxCostUsd?: number | undefined;
  /** What a run cost in US dollars; null for unknown. @default the recorded prices of its steps */
  readonly costOf?: ((result: RunResult<S>) => number | null) | undefined;
}

export const DEFAULT_ITERATIONS = 3;

const functionOf = z.custom<unknown>((value) => typeof value === "function", "a function is expected");

const agentOptions = z.strictObject({
  evaluate: functionOf,
  maxIterations: z
    .int("a whole number is expected")
    .min(1, "at least 1 is expected")
    .max(1_000, "at most 1,000 are expected")
    .optional(),
  stopOnFailure: z.boolean("true or false is expected").optional(),
  maxCostUsd: z.number("US dollars are expected").min(0, "at least 0 is expected").optional(),
  costOf: functionOf.optional(),
});

/** INVALID_OPTION for the first thing wrong. */
export function checkAgentOptions<S>(options: AgentOptions<S>): AgentOptions<S> {
  checkOptions(agentOptions, options, "agentLoop(makePipeline, options)");
  return { ...options };
}
