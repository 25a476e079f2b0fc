import { initialState } from "./expand-body.js";
import type { Journal } from "./journal.js";
import { applyEntry, type RunState } from "./run-state.js";

/** The state of a run as its journal tells it; another value than that of the run before, which stays as it ended. */
export async function readState(journal: Journal, { runId, plan, root }: RunState): Promise<RunState> {
  const state = initialState(
    runId,
    plan,
    root.steps.map(({ stepId }) => stepId),
  );
  for await (const entry of journal.read(runId)) applyEntry(state, entry);
  return state;
}
