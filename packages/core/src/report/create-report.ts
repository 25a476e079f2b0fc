import { totalCost } from "../pricing/total-cost.js";
import { analyzeSchedule, type ScheduleAnalysis } from "./analyze-schedule.js";
import { checkFacts } from "./check-facts.js";
import { withAskedGates } from "./gate.js";
import { groupTotals } from "./group-totals.js";
import { paretoShares } from "./pareto-shares.js";
import type { RunFacts, StepFactState, StepFacts } from "./run-facts.js";
import type { NotBegun, RunReport, StepReport } from "./run-report.js";
import { runMsOf, toStepReport } from "./step-report.js";
import { hasBegun, nowOf } from "./step-times.js";

/**
 * Says what the time and the money of a run went into: per step, per provider and per model, with its critical path.
 * Also of a run that is still at work: then what is not over yet ends now. Plain JSON comes out. Time and space are
 * linear in steps and dependencies, but for sorting.
 *
 * The critical path follows from `waitsFor`, from parents and from the measured times: a step's own time is what lies
 * between its submit and its end, and whatever else lay between its inputs and its readiness is kept as it was. Without
 * queues its length is the run's time, exactly, but for what the runner does after the last step.
 *
 * @throws GenblazeError `DUPLICATE_STEP`, `UNKNOWN_STEP`, `CYCLE`, and `INVALID_OPTION` for a time, a count or a cost
 * that is no finite number from 0 up
 */
export function createReport(given: RunFacts): RunReport {
  checkFacts(given);
  const facts = withAskedGates(given);
  const nowMs = nowOf(facts.elapsedMs, facts.steps);
  const schedule = analyzeSchedule(facts, nowMs);
  const parents = new Set(facts.steps.map((step) => step.parent));
  const steps = facts.steps.map((step, index) =>
    toStepReport(step, nowMs, parents.has(step.key), placeOf(schedule, index)),
  );
  const begun = steps.filter((step, index) => !parents.has(step.key) && wasBegun(facts.steps[index]));
  const work = begun.map((step) => ({ key: step.key, runMs: runMsOf(step) }));
  return {
    runId: facts.runId,
    name: facts.name,
    status: facts.status,
    elapsedMs: nowMs,
    queuedMs: steps.reduce((total, step) => total + (parents.has(step.key) ? 0 : step.queuedMs), 0),
    runMs: work.reduce((total, { runMs }) => total + runMs, 0),
    steps,
    criticalPath: schedule.criticalPath,
    paretoSteps: paretoShares(work),
    whatIf: schedule.whatIf,
    byProvider: groupTotals(begun, (step) => step.provider),
    byModel: groupTotals(begun, (step) => `${step.provider}/${step.model}`),
    cost: totalCost(begun.map((step) => step.cost)),
    counts: countStates(facts.steps.filter((step) => !parents.has(step.key))),
    cacheHits: begun.filter((step) => step.cached).length,
    coldStarts: begun.filter((step) => step.coldStart).length,
    notBegun: facts.steps.filter((step) => !hasBegun(step)).map(toNotBegun),
  };
}

function placeOf(
  { isCritical, slackMs }: ScheduleAnalysis,
  index: number,
): Pick<StepReport, "onCriticalPath" | "slackMs"> {
  return { onCriticalPath: isCritical[index] ?? false, slackMs: slackMs[index] ?? 0 };
}

function wasBegun(step: StepFacts | undefined): boolean {
  return step !== undefined && hasBegun(step);
}

function countStates(steps: readonly StepFacts[]): Readonly<Record<StepFactState, number>> {
  const counts = {
    planned: 0,
    ready: 0,
    running: 0,
    waiting: 0,
    succeeded: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
  };
  for (const { state } of steps) counts[state] += 1;
  return counts;
}

function toNotBegun({ key, state, reason, waitsFor }: StepFacts): NotBegun {
  return { key, state, reason: reason ?? ownReason(state, waitsFor) };
}

const mostNamed = 5;

function ownReason(state: StepFactState, waitsFor: readonly string[]): string {
  if (state === "ready") return "waits for its turn";
  if (state !== "planned" || waitsFor.length === 0) return "no reason was given";
  const more = waitsFor.length > mostNamed ? ` and ${waitsFor.length - mostNamed} more` : "";
  return `waits for ${waitsFor.slice(0, mostNamed).join(", ")}${more}`;
}
