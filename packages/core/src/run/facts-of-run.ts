import type { JsonValue } from "../json/json-value.js";
import { labelOf } from "../pipeline/edge-label.js";
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
    provider: step.target?.provider ?? provider.name,
    model: step.target?.model ?? model,
    state: step.state,
    reason: reasonOf(step),
    roles: isTarget ? {} : rolesOf(step),
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

/** How a plan labels its edges: by the key of the step that assets come from. */
function rolesOf({ planned, scope }: StepProgress): Readonly<Record<string, string>> {
  const labels = planned.inputs.flatMap((edge): readonly (readonly [string, string])[] => {
    const label = labelOf(edge);
    const from = edge.kind === "step" ? scope.steps[edge.from]?.planned.step.key : undefined;
    return from === undefined || label === undefined ? [] : [[from, label]];
  });
  return Object.fromEntries(labels);
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
  const found = Object.entries(yields?.evidence ?? {}).map(([name, value]) => `${name} ${inWords(value)}`);
  if (found.length > 0) return found.join("; ");
  const made = [...decisions].map(([name, { value, reason }]) => `${name}: ${inWords(value)}, ${reason}`);
  return made.length === 0 ? undefined : made.join("; ");
}

/** Lists and texts as people write them; anything else as JSON. */
function inWords(value: JsonValue): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(inWords).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}
