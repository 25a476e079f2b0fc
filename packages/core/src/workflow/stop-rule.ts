import { z } from "zod";
import { checkOptions } from "../options/check-options.js";
import { type ArmComparison, type ArmStatistics, CONFIDENCE, type ScoreStatistics } from "./compare-arms.js";
import { studentLimit } from "./student-t.js";

/** What {@link stopRule} decides by. */
export interface StopRuleOptions {
  /** Nothing is decided for the candidate before both arms have so many runs. */
  readonly minRuns: number;
  /** The share of failed runs, from 0 to 1, that the candidate must not exceed. */
  readonly maxFailureRate: number;
  /** When both arms have so many runs and nothing was decided, the trial ends. @default it goes on */
  readonly maxRuns?: number | undefined;
  /** What a trial that ends without a difference comes to. @default "stop" */
  readonly whenEqual?: "promote" | "stop" | undefined;
  /** By how much the candidate's mean score must be better, in units of the score. @default 0 */
  readonly minGain?: number | undefined;
  /** The arm that is in use. @default "production" */
  readonly production?: string | undefined;
  /** The arm that is tried. @default "candidate" */
  readonly candidate?: string | undefined;
}

/** What to do with a trial, and why. */
export interface StopVerdict {
  readonly decision: "continue" | "promote" | "stop";
  /** For people. */
  readonly reason: string;
}

const runs = z.int("a whole number is expected").min(1, "at least 1 is expected");
const stopOptions = z.strictObject({
  minRuns: runs,
  maxFailureRate: z.number("a share is expected").min(0, "at least 0 is expected").max(1, "at most 1 is expected"),
  maxRuns: runs.optional(),
  whenEqual: z.enum(["promote", "stop"], '"promote" or "stop" is expected').optional(),
  minGain: z.number("a number is expected").min(0, "at least 0 is expected").optional(),
  production: z.string("a name is expected").optional(),
  candidate: z.string("a name is expected").optional(),
});

/** Two-sided 95 % of the normal distribution. */
const NORMAL_LIMIT = 1.959964;

/**
 * Whether the trial of a candidate goes on, and what it came to otherwise. In this order:
 *
 * 1. `stop` when even the lower end of the candidate's failure rate (95 % interval of Wilson, 1927) exceeds
 *    `maxFailureRate`; this one does not wait for `minRuns`.
 * 2. `continue` below `minRuns`.
 * 3. `stop` when the candidate's failure rate exceeds `maxFailureRate`, or is higher than that of production by the
 *    two-proportion z test: `(p2 - p1) / sqrt(p (1 - p) (1/n1 + 1/n2))` above 1.96, `p` of both together.
 * 4. By the scores, when both arms have two or more: the 95 % interval of Welch (1947) of the difference of the means,
 *    `d ± t sqrt(v1/n1 + v2/n2)`. `promote` when it lies above `minGain`, `stop` when it lies below 0.
 * 5. `promote` when production fails more often by the z test of 3, and the scores say nothing.
 * 6. `whenEqual` from `maxRuns` on, `continue` before.
 *
 * Each look at a trial under way is another chance of a false alarm: the 5 % hold for one look. Look at set numbers of
 * runs, or choose `minRuns` large. Pure.
 *
 * @throws GenblazeError `INVALID_OPTION`
 */
export function stopRule({ arms }: ArmComparison, options: StopRuleOptions): StopVerdict {
  const checked = checkOptions(stopOptions, options, "stopRule(comparison, options)");
  const { production = "production", candidate = "candidate", minRuns, maxRuns, whenEqual = "stop" } = checked;
  const usual = arms.find(({ arm }) => arm === production);
  const tried = arms.find(({ arm }) => arm === candidate);
  if (tried !== undefined && wilsonLow(tried) > checked.maxFailureRate) {
    return { decision: "stop", reason: `${rateOf(tried)}: more than ${percent(checked.maxFailureRate)} even at best.` };
  }
  const [before, after] = [usual?.runs ?? 0, tried?.runs ?? 0];
  if (usual === undefined || tried === undefined || Math.min(before, after) < minRuns) {
    const reason = `${production} has ${before} and ${candidate} ${after} runs; ${minRuns} of each are needed.`;
    return { decision: "continue", reason };
  }
  const verdict = byFailures(usual, tried, checked.maxFailureRate) ?? byScores(usual, tried, checked.minGain ?? 0);
  if (verdict !== undefined) return verdict;
  if (failureZ(usual, tried) < -NORMAL_LIMIT) {
    return { decision: "promote", reason: `${rateOf(tried)}, significantly fewer: ${rateOf(usual)}.` };
  }
  const difference = `No difference between ${production} and ${candidate} is shown after ${before} and ${after} runs`;
  if (maxRuns === undefined || Math.min(before, after) < maxRuns) {
    return { decision: "continue", reason: `${difference}.` };
  }
  return { decision: whenEqual, reason: `${difference}, and the trial ends at ${maxRuns}.` };
}

function byFailures(usual: ArmStatistics, tried: ArmStatistics, limit: number): StopVerdict | undefined {
  if (tried.failureRate > limit) {
    return { decision: "stop", reason: `${rateOf(tried)}: more than ${percent(limit)}.` };
  }
  const z = failureZ(usual, tried);
  if (z <= NORMAL_LIMIT) return undefined;
  return {
    decision: "stop",
    reason: `${rateOf(tried)}, significantly more (z = ${z.toFixed(2)}): ${rateOf(usual)}.`,
  };
}

function byScores(usual: ArmStatistics, tried: ArmStatistics, minGain: number): StopVerdict | undefined {
  const interval = welchInterval(usual.score, tried.score);
  if (interval === undefined) return undefined;
  const [low, high] = interval;
  const shown = `The mean score of ${tried.arm} is ${low.toPrecision(3)} to ${high.toPrecision(3)} above that of ${usual.arm} (95 %)`;
  if (low > minGain) return { decision: "promote", reason: `${shown}: better by more than ${minGain}.` };
  return high < 0 ? { decision: "stop", reason: `${shown}: worse.` } : undefined;
}

/** The 95 % interval of the second mean minus the first; undefined when an arm has fewer than two scores. */
function welchInterval(
  left: ScoreStatistics | undefined,
  right: ScoreStatistics | undefined,
): readonly [number, number] | undefined {
  if (left === undefined || right === undefined || left.variance === null || right.variance === null) return undefined;
  const difference = right.mean - left.mean;
  const [first, second] = [left.variance / left.count, right.variance / right.count];
  const spread = first + second;
  if (spread === 0) return [difference, difference];
  // Welch and Satterthwaite.
  const degreesOfFreedom = spread ** 2 / (first ** 2 / (left.count - 1) + second ** 2 / (right.count - 1));
  const half = studentLimit(CONFIDENCE, degreesOfFreedom) * Math.sqrt(spread);
  return [difference - half, difference + half];
}

/** How far the second rate is above the first, in standard errors; 0 when nothing or everything failed. */
function failureZ(left: ArmStatistics, right: ArmStatistics): number {
  const together = (left.failures + right.failures) / (left.runs + right.runs);
  const spread = together * (1 - together) * (1 / left.runs + 1 / right.runs);
  return spread === 0 ? 0 : (right.failureRate - left.failureRate) / Math.sqrt(spread);
}

/** The lower end of Wilson's interval. */
function wilsonLow({ failureRate, failures, runs: count }: ArmStatistics): number {
  // Exactly 0 there; rounding would leave a little more.
  if (failures === 0) return 0;
  const square = NORMAL_LIMIT ** 2;
  const middle = failureRate + square / (2 * count);
  const half = NORMAL_LIMIT * Math.sqrt((failureRate * (1 - failureRate)) / count + square / (4 * count ** 2));
  return (middle - half) / (1 + square / count);
}

function rateOf({ arm, failures, runs: count }: ArmStatistics): string {
  return `${failures} of ${count} runs of ${arm} failed`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
