import type { RunFacts, StepFacts } from "../report/run-facts.js";
import { skippedText } from "./events-of.js";
import type { RunContext } from "./run-context.js";
import { inRecordOrder, type StepProgress } from "./run-state.js";
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
  const waitsFor = planned.waitsFor.map((index) => scope.steps[index]?.planned.step.key ?? "");
  return {
    key,
    parent: parent?.planned.step.key,
    kind: kind === "node" ? "node" : "step",
    provider: provider.name,
    model,
    state: step.state,
    reason: reasonOf(step),
    // A target waits where its node waits.
    waitsFor: parent !== undefined && scope === parent.scope ? [] : waitsFor,
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

function reasonOf({ skippedBecause, decisions, error }: StepProgress): string | undefined {
  if (skippedBecause !== undefined) return skippedText(skippedBecause);
  if (error !== undefined) return error.message;
  const made = [...decisions].map(([name, { value, reason }]) => `${name}: ${JSON.stringify(value)}, ${reason}`);
  return made.length === 0 ? undefined : made.join("; ");
}
