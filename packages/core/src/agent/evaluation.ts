import { GenblazeError } from "../errors/genblaze-error.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonObject } from "../json/json-value.js";
import { describeValue } from "../options/describe-value.js";
import type { StepOutput } from "../pipeline/scope.js";
import type { RunResult } from "../run/run-result.js";

/** What an evaluator says of one iteration. */
export interface Evaluation {
  /** Whether the loop may end. */
  readonly passed: boolean;
  readonly score?: number | undefined;
  /** What the best iteration is chosen by: more is better. @default the score; without one 1 when it passed, else 0 */
  readonly rank?: number | undefined;
  /** What the next iteration should do better. */
  readonly feedback?: string | undefined;
  /** More that the next iteration, and its manifest, shall know. */
  readonly metadata?: JsonObject | undefined;
}

/** Judges an iteration by what its run gave; a plain boolean is `passed`. */
export type Evaluator<S = Readonly<Record<string, StepOutput>>> = (
  result: RunResult<S>,
) => Evaluation | boolean | Promise<Evaluation | boolean>;

/** What {@link thresholdEvaluator} may be told. */
export interface ThresholdOptions<S> {
  /** Whether a score passes at or above the threshold, or at or below it. @default true */
  readonly higherIsBetter?: boolean | undefined;
  /** What the next iteration should do better. @default nothing */
  readonly feedback?: ((score: number, result: RunResult<S>) => string | undefined) | undefined;
}

/**
 * An evaluator that passes what scores well enough; the threshold itself passes. INVALID_OPTION for a threshold that is no
 * finite number; a score that is none ends the loop with REFERENCE_FAILED.
 *
 * @example
 * agentLoop(makePoster, { evaluate: thresholdEvaluator(sharpness, 0.8, { feedback: (score) => `sharper than ${score}` }) });
 */
export function thresholdEvaluator<S = Readonly<Record<string, StepOutput>>>(
  scoreOf: (result: RunResult<S>) => number | Promise<number>,
  threshold: number,
  options: ThresholdOptions<S> = {},
): Evaluator<S> {
  if (!Number.isFinite(threshold)) {
    const message = `thresholdEvaluator(scoreOf, threshold): a finite number is expected; ${describeValue(threshold)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const { higherIsBetter = true, feedback } = options;
  return async (result) => {
    const score = await scoreOf(result);
    const passed = higherIsBetter ? score >= threshold : score <= threshold;
    const words = feedback?.(score, result);
    return {
      passed,
      score,
      ...(higherIsBetter ? {} : { rank: -score }),
      ...(words === undefined ? {} : { feedback: words }),
    };
  };
}

/** What an evaluator gave, with nothing in it that a manifest cannot hold. REFERENCE_FAILED for anything else. */
export function checkEvaluation(given: unknown): Evaluation {
  if (typeof given === "boolean") return { passed: given };
  // Evaluators may be written in JavaScript: every field is looked at below, whatever its type says.
  const { passed, score, rank, feedback, metadata } =
    typeof given === "object" && given !== null ? (given as Partial<Evaluation>) : {};
  const areNumbers = [score, rank].every((each) => each === undefined || Number.isFinite(each));
  const isText = feedback === undefined || typeof feedback === "string";
  const isJson = metadata === undefined || findNonJson(metadata) === undefined;
  if (typeof passed !== "boolean" || !areNumbers || !isText || !isJson) {
    const message = `An evaluator gives true, false or { passed, score, rank, feedback, metadata } with finite numbers and JSON; ${describeValue(given)} came.`;
    throw new GenblazeError("REFERENCE_FAILED", message);
  }
  return {
    passed,
    ...(score === undefined ? {} : { score }),
    ...(rank === undefined ? {} : { rank }),
    ...(feedback === undefined ? {} : { feedback: feedback.toWellFormed() }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}
