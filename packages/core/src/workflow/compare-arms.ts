import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { describeValue } from "../options/describe-value.js";
import { sumUsd } from "../pricing/sum-usd.js";
import { percentile } from "../report/percentile.js";
import { studentLimit } from "./student-t.js";

/** How one run of an arm ended. */
export interface ArmOutcome {
  /** `production`, `candidate`, the id of a version, the name of a split's arm. */
  readonly arm: string;
  readonly failed: boolean;
  readonly latencyMs: number;
  /** In US dollars; null when the price of a part is unknown. */
  readonly costUsd: number | null;
  /** How good what it made is; higher is better. @default not scored */
  readonly score?: number | undefined;
}

/** What is known of the scores of an arm. */
export interface ScoreStatistics {
  readonly count: number;
  readonly mean: number;
  /** Of a sample: divided by `count - 1`. Null for a single score. */
  readonly variance: number | null;
  /** 95 % interval of the mean: `mean ± t * sqrt(variance / count)`, Student's t with `count - 1` degrees of freedom. Null for a single score. */
  readonly interval: readonly [low: number, high: number] | null;
}

/** The runs of one arm. */
export interface ArmStatistics {
  readonly arm: string;
  readonly runs: number;
  readonly failures: number;
  /** Of all runs, from 0 to 1. */
  readonly failureRate: number;
  /** Of the runs that succeeded, by nearest rank; null without any. */
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null };
  /** Of all runs, failed ones too; null when that of one is unknown. */
  readonly costUsd: number | null;
  /** Undefined without scores. */
  readonly score: ScoreStatistics | undefined;
}

/** All arms, in the order of their names. */
export interface ArmComparison {
  readonly arms: readonly ArmStatistics[];
}

/** How sure an interval is. */
export const CONFIDENCE = 0.95;

const outcomeSchema: z.ZodType<ArmOutcome> = z.object({
  arm: z.string().min(1),
  failed: z.boolean(),
  latencyMs: z.number().min(0),
  costUsd: z.number().min(0).nullable(),
  score: z.number().optional(),
});

/**
 * What the runs of each arm came to: counts, latency, cost, mean score with its 95 % interval. Pure; the order of the
 * outcomes does not matter.
 *
 * @throws GenblazeError `INVALID_OPTION` for an outcome that is none
 */
export function compareArms(outcomes: readonly ArmOutcome[]): ArmComparison {
  const byArm = new Map<string, ArmOutcome[]>();
  for (const [index, outcome] of outcomes.entries()) {
    const { arm } = checkOutcome(outcome, index);
    const group = byArm.get(arm);
    if (group === undefined) byArm.set(arm, [outcome]);
    else group.push(outcome);
  }
  const names = [...byArm.keys()].sort();
  return { arms: names.map((arm) => statisticsOf(arm, byArm.get(arm) ?? [])) };
}

function statisticsOf(arm: string, outcomes: readonly ArmOutcome[]): ArmStatistics {
  const failures = outcomes.filter(({ failed }) => failed).length;
  const latencies = outcomes.filter(({ failed }) => !failed).map(({ latencyMs }) => latencyMs);
  const costs = outcomes.map(({ costUsd }) => costUsd).filter((cost) => cost !== null);
  const scores = outcomes.map(({ score }) => score).filter((score) => score !== undefined);
  const sorted = latencies.sort(ascending);
  return {
    arm,
    runs: outcomes.length,
    failures,
    failureRate: failures / outcomes.length,
    latencyMs: { p50: percentile(sorted, 50), p95: percentile(sorted, 95) },
    costUsd: costs.length < outcomes.length ? null : sumUsd(costs),
    score: scores.length === 0 ? undefined : scoreOf(scores),
  };
}

function scoreOf(scores: readonly number[]): ScoreStatistics {
  // In one order, so that rounding does not depend on which run ended first.
  const sorted = [...scores].sort(ascending);
  const count = sorted.length;
  const mean = sum(sorted) / count;
  if (count < 2) return { count, mean, variance: null, interval: null };
  const variance = sum(sorted.map((score) => (score - mean) ** 2)) / (count - 1);
  const half = studentLimit(CONFIDENCE, count - 1) * Math.sqrt(variance / count);
  return { count, mean, variance, interval: [mean - half, mean + half] };
}

function checkOutcome(outcome: unknown, index: number): ArmOutcome {
  const verdict = outcomeSchema.safeParse(outcome);
  if (verdict.success) return verdict.data;
  const place = verdict.error.issues[0]?.path.map(String).join(".") ?? "";
  const message = `compareArms(outcomes): outcome ${index} must be { arm, failed, latencyMs, costUsd, score? } with finite numbers; ${place === "" ? describeValue(outcome) : `"${place}" does not fit`}.`;
  throw new GenblazeError("INVALID_OPTION", message, { details: { index, place } });
}

function ascending(left: number, right: number): number {
  return left - right;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
