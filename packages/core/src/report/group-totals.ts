import { totalCost } from "../pricing/total-cost.js";
import type { GroupTotal, StepReport } from "./run-report.js";
import { runMsOf } from "./step-report.js";

/** Adds up steps that `nameOf` gives the same name, the longest group first. */
export function groupTotals(steps: readonly StepReport[], nameOf: (step: StepReport) => string): readonly GroupTotal[] {
  const groups = new Map<string, StepReport[]>();
  for (const step of steps) {
    const name = nameOf(step);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [step]);
    else group.push(step);
  }
  const totals = Array.from(groups, ([name, members]) => totalOf(name, members));
  return totals.sort((left, right) => right.runMs - left.runMs);
}

function totalOf(name: string, steps: readonly StepReport[]): GroupTotal {
  const sum = (value: (step: StepReport) => number) => steps.reduce((total, step) => total + value(step), 0);
  return {
    name,
    steps: steps.length,
    failed: sum((step) => (step.state === "failed" ? 1 : 0)),
    attempts: sum((step) => step.attempts),
    cached: sum((step) => (step.cached ? 1 : 0)),
    coldStarts: sum((step) => (step.coldStart ? 1 : 0)),
    queuedMs: sum((step) => step.queuedMs),
    runMs: sum(runMsOf),
    cost: totalCost(steps.map((step) => step.cost)),
  };
}
