import type { RunReport, StepReport } from "./run-report.js";

/** A step at its place in a drawing: below its node and indented by its depth. */
export interface ReportRow {
  readonly step: StepReport;
  readonly depth: number;
  readonly isParent: boolean;
  readonly hasBegun: boolean;
}

export interface ReportRows {
  readonly rows: readonly ReportRow[];
  /** How many steps are left out. */
  readonly hidden: number;
}

/**
 * The steps of a report as rows, each node before its children. Of more than `most` the steps of the critical path
 * are kept first, then the longest.
 */
export function reportRows({ steps, notBegun }: RunReport, most: number): ReportRows {
  const left = new Set(notBegun.map((step) => step.key));
  const kept = chosenKeys(steps, most);
  const children = new Map<string | null, StepReport[]>();
  for (const step of steps) {
    const siblings = children.get(step.parent);
    if (siblings === undefined) children.set(step.parent, [step]);
    else siblings.push(step);
  }
  const rows: ReportRow[] = [];
  const open = (children.get(null) ?? []).map((step) => ({ step, depth: 0 })).reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { step, depth } = next;
    const below = children.get(step.key) ?? [];
    const isKept = kept.has(step.key);
    if (isKept) rows.push({ step, depth, isParent: below.length > 0, hasBegun: !left.has(step.key) });
    // A node that is left out gives its place to its children.
    for (const child of below.toReversed()) open.push({ step: child, depth: depth + (isKept ? 1 : 0) });
  }
  return { rows, hidden: steps.length - rows.length };
}

function chosenKeys(steps: readonly StepReport[], most: number): ReadonlySet<string> {
  if (steps.length <= most) return new Set(steps.map((step) => step.key));
  const weight = (step: StepReport) => (step.onCriticalPath ? 1 : 0);
  const byWeight = [...steps].sort((left, right) => weight(right) - weight(left) || right.totalMs - left.totalMs);
  return new Set(byWeight.slice(0, most).map((step) => step.key));
}
