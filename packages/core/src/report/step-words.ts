import { formatCost } from "./format-cost.js";
import type { ReportRow } from "./report-rows.js";
import type { StepFactState } from "./run-facts.js";

/** One character per state; empty for the one that needs no mark. */
const stateMarks: Readonly<Record<StepFactState, string>> = {
  planned: "·",
  ready: "·",
  running: "▸",
  waiting: "‖",
  succeeded: "",
  failed: "✗",
  skipped: "–",
  cancelled: "⊘",
};

/** A row's name with the mark of its state before it. */
export function markedName({ step }: ReportRow): string {
  const mark = stateMarks[step.state];
  return mark === "" ? step.key : `${mark} ${step.key}`;
}

/** What the marks of these rows mean: `✗ failed`, each once. */
export function markWords(rows: readonly ReportRow[]): readonly string[] {
  const states = new Set(rows.map(({ step }) => step.state).filter((state) => stateMarks[state] !== ""));
  return Array.from(states, (state) => `${stateMarks[state]} ${state}`);
}

/** What stands in the cost column: nothing for what costs nothing of its own. */
export function costWords({ step, isParent, hasBegun }: ReportRow): string {
  if (isParent || !hasBegun) return "";
  return step.cached ? "cached" : formatCost(step.cost);
}

/** State and reason in one phrase. */
export function stateWords({ step }: ReportRow): string {
  return step.reason === null ? step.state : `${step.state}: ${step.reason}`;
}

/** What else is worth knowing about a step. */
export function noteWords({ step }: ReportRow): string {
  const notes = [
    step.onCriticalPath ? "critical" : "",
    step.cached ? "cached" : "",
    step.coldStart ? "cold start" : "",
    step.attempts > 1 ? `${step.attempts} attempts` : "",
  ];
  return notes.filter((note) => note !== "").join(", ");
}
