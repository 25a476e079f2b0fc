import { totalCost } from "../pricing/total-cost.js";
import { paretoShares } from "./pareto-shares.js";
import { percentile } from "./percentile.js";
import type { RunReport, StepReport } from "./run-report.js";
import type { RunSummary, Spread, StepSummary } from "./run-summary.js";
import { runMsOf } from "./step-report.js";

/**
 * Puts many runs together: per step how long it waited and how long it worked, where the time goes and what a run
 * costs. Steps are matched by key, the items of a map folded into one (`shots[0].frame` and `shots[1].frame` are
 * `shots[*].frame`). Percentiles are by nearest rank, so each is a time that was measured.
 */
export function summarizeReports(reports: readonly RunReport[]): RunSummary {
  const groups = new Map<string, StepReport[]>();
  for (const report of reports) {
    for (const step of begunSteps(report)) {
      const key = foldItems(step.key);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [step]);
      else group.push(step);
    }
  }
  const cost = totalCost(reports.flatMap((report) => begunSteps(report).map((step) => step.cost)));
  return {
    runs: reports.length,
    elapsed: spreadOf(reports.map((report) => report.elapsedMs)),
    queue: spreadOf(reports.map((report) => report.queuedMs)),
    run: spreadOf(reports.map((report) => report.runMs)),
    cost,
    usdPerRun: cost.usd === null || reports.length === 0 ? null : cost.usd / reports.length,
    steps: Array.from(groups, ([key, steps]) => summarizeStep(key, steps)),
    paretoSteps: paretoShares(
      Array.from(groups, ([key, steps]) => ({ key, runMs: steps.reduce((sum, step) => sum + runMsOf(step), 0) })),
    ),
  };
}

function begunSteps({ steps, notBegun }: RunReport): readonly StepReport[] {
  const left = new Set(notBegun.map((step) => step.key));
  for (const { parent } of steps) if (parent !== null) left.add(parent);
  return steps.filter((step) => !left.has(step.key));
}

/** A key without the numbers of items. */
function foldItems(key: string): string {
  return key.replace(/\[\d+\]/g, "[*]");
}

function summarizeStep(key: string, steps: readonly StepReport[]): StepSummary {
  const measured = steps.filter((step) => !step.cached);
  return {
    key,
    count: steps.length,
    failed: steps.filter((step) => step.state === "failed").length,
    cached: steps.length - measured.length,
    coldStarts: steps.filter((step) => step.coldStart).length,
    queue: spreadOf(measured.map((step) => step.queuedMs)),
    run: spreadOf(measured.map(runMsOf)),
    cost: totalCost(steps.map((step) => step.cost)),
  };
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  return { p50Ms: percentile(sorted, 50), p95Ms: percentile(sorted, 95) };
}
