import type { RunFacts, StepFacts } from "../report/run-facts.js";
import type { RunContext } from "./run-context.js";
import { inRecordOrder, orderedGroups, type StepProgress } from "./run-state.js";
import { costOfStep } from "./step-cost.js";

/** A run as plain data for reports: what waited for what, when each phase of each step began, what it cost. */
export function factsOfRun({ state, log }: RunContext, status: string, elapsedMs: number): RunFacts {
  const steps = inRecordOrder(state.root.steps).map((step) => factsOfStep(step, log.startedAt));
  return { runId: state.runId, name: state.plan.definition.name, status, elapsedMs, steps };
}

function factsOfStep(step: StepProgress, startedAt: number): StepFacts {
  const { planned, parent, scope } = step;
  const { key, kind, provider, model } = planned.step;
  const since = (at: number | undefined) => (at === undefined ? undefined : at - startedAt);
  // A target waits where its node waits.
  const isTarget = parent !== undefined && scope === parent.scope;
  const waitsFor = planned.waitsFor.map((index) => scope.steps[index]?.planned.step.key ?? "");
  return {
    key,
    parent: parent?.planned.step.key,
    kind: kind === "node" ? "node" : "step",
    provider: provider.name,
    model,
    state: step.state,
    reason: reasonOf(step),
    waitsFor: [...(isTarget ? [] : waitsFor), ...roundBefore(step)],
    readyMs: since(step.readyAt ?? step.startedAt),
    startedMs: since(step.startedAt),
    answeredMs: since(step.answeredAt),
    outputMs: since(step.outputAt),
    endedMs: since(step.endedAt),
    attempts: step.attempts,
    cost: costOfStep(step),
    cached: step.cache === "hit",
    coldStart: step.isCold,
  };
}

/** The rounds of a loop come one after the other. */
function roundBefore({ parent, planned }: StepProgress): readonly string[] {
  if (parent?.planned.step.model !== "loop" || planned.waitsFor.length > 0) return [];
  const groups = orderedGroups(parent);
  const round = groups.findIndex(({ steps }) => steps.some((each) => each.planned === planned));
  return (groups[round - 1]?.steps ?? []).map((each) => each.planned.step.key);
}

function reasonOf({ skippedBecause, decisions, error, yields }: StepProgress): string | undefined {
  if (skippedBecause?.kind === "choice") return skippedBecause.reason;
  if (skippedBecause !== undefined) return `"${skippedBecause.step}" did not succeed.`;
  if (error !== undefined) return error.message;
  const found = Object.entries(yields?.evidence ?? {}).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  if (found.length > 0) return found.join(", ");
  const made = [...decisions].map(([name, { value, reason }]) => `${name}: ${JSON.stringify(value)}, ${reason}`);
  return made.length === 0 ? undefined : made.join("; ");
}
