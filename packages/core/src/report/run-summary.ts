import type { CostTotal } from "../pricing/total-cost.js";
import type { TimeShare } from "./run-report.js";

/** A typical and a bad case of measured times, by nearest rank: both are times that were measured. Null without any. */
export interface Spread {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** One step over many runs; the items of a map are one step: `shots[*].frame`. */
export interface StepSummary {
  readonly key: string;
  /** How often it began, items and runs counted. */
  readonly count: number;
  readonly failed: number;
  /** How often its output came out of a cache; such times are in no spread. */
  readonly cached: number;
  readonly coldStarts: number;
  /** Time in queues. */
  readonly queue: Spread;
  /** Time at work, from the submit to the end. */
  readonly run: Spread;
  readonly cost: CostTotal;
}

/** What many runs have in common; plain JSON. */
export interface RunSummary {
  readonly runs: number;
  readonly elapsed: Spread;
  /** Of all steps of a run together: how much of the work of a run is waiting. */
  readonly queue: Spread;
  readonly run: Spread;
  readonly cost: CostTotal;
  /** US dollars; null when the cost of a run is unknown, or there is none. */
  readonly usdPerRun: number | null;
  /** In order of their first run. Only what began. */
  readonly steps: readonly StepSummary[];
  /** The fewest steps that make 80 % of the time that all runs were at work, the longest first. */
  readonly paretoSteps: readonly TimeShare[];
}
