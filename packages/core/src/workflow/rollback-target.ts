import type { LabelEntry, LabelPlace } from "./label-entries.js";
import { workflowProblem } from "./workflow-problem.js";

/**
 * The entry that a rollback goes back to. A rollback stands where the entry that it restored stood, so that moves that
 * were taken back are passed over. INVALID_OPTION when there is nothing so far back, and for a
 * label that was never put.
 */
export function rollbackTarget(
  entries: readonly LabelEntry[],
  last: LabelEntry | undefined,
  steps: number,
  { name, label }: Pick<LabelPlace, "name" | "label">,
): LabelEntry {
  if (last === undefined) {
    const message = `Label "${label}" of workflow "${name}" was never put, so there is nothing to go back to. Put it there with setLabel(${JSON.stringify(name)}, ${JSON.stringify(label)}, id), or check its name.`;
    throw workflowProblem(message, { name, label, steps });
  }
  const byNumber = new Map(entries.map((entry) => [entry.number, entry]));
  let at = origin(byNumber, last);
  for (let step = 0; step < steps && at !== undefined; step++) at = origin(byNumber, byNumber.get(at.number - 1));
  if (at !== undefined) return at;
  const message = `Label "${label}" of workflow "${name}" cannot go back ${steps}: it was not moved that often, not counting moves that were taken back. history(name, label) lists them.`;
  throw workflowProblem(message, { name, label, steps });
}

/** The move that put the label where an entry has it; each entry restores an earlier one, so this ends. */
function origin(byNumber: ReadonlyMap<number, LabelEntry>, entry: LabelEntry | undefined): LabelEntry | undefined {
  let at = entry;
  while (at?.restores !== undefined && at.restores < at.number) at = byNumber.get(at.restores);
  return at;
}
