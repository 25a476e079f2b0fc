import { GenblazeError } from "../errors/genblaze-error.js";
import type { Journal, JournalEntry } from "../journal/journal.js";
import type { Plan } from "../pipeline/plan.js";
import { planHash } from "../pipeline/plan-hash.js";
import { countEvents } from "./event-teller.js";
import { initialState } from "./expand-body.js";
import { lastingStepId } from "./lasting-step-id.js";
import { entriesOf, type StateSoFar } from "./read-state.js";
import { applyEntry } from "./run-state.js";
import type { PlannedIdentity, RunBeginning, Transition } from "./transitions.js";

/** A run as its journal alone tells it. */
export interface RestoredRun {
  readonly so: StateSoFar;
  readonly beginning: RunBeginning;
  /** How its last turn ended; undefined when it was interrupted. */
  readonly ended: RunEnding | undefined;
}

/** How a turn of a run ended. */
export type RunEnding = Extract<Transition, { state: "run.ended" }> & {
  /** Where it is written. */
  readonly entry: JournalEntry;
};

/** What a caller wants done when the pipeline is another one now. */
export type OnChange = "fail" | "continue";

/**
 * Reads a run that this process knows nothing of; undefined when there is none. RUN_CHANGED when it was begun with
 * another pipeline; JOURNAL_FAILED.
 */
export async function restoreRun(
  journal: Journal,
  runId: string,
  plan: Plan,
  onChange: OnChange,
): Promise<RestoredRun | undefined> {
  let restored: Pick<RestoredRun, "so" | "beginning"> | undefined;
  let ended: RunEnding | undefined;
  let nextEvent = 0;
  let last = -1;
  for await (const entry of entriesOf(journal, runId)) {
    const { transition, sequence } = entry;
    if (sequence === last) continue;
    last = sequence;
    if (restored === undefined) {
      restored = begin(runId, plan, transition, onChange);
      nextEvent = countEvents(restored.so.shown(), entry);
      continue;
    }
    if (transition.state === "run.ended") ended = { ...transition, entry };
    if (transition.state === "run.resumed") ended = undefined;
    applyEntry(restored.so.state, entry);
    nextEvent += countEvents(restored.so.shown(), entry);
  }
  const next = { nextSequence: last + 1, nextTold: last + 1, nextEvent };
  return restored && { ...restored, so: { ...restored.so, ...next }, ended };
}

function begin(runId: string, plan: Plan, transition: Transition, onChange: OnChange) {
  if (transition.state !== "run.planned" || transition.begun === undefined) throw noBeginning(runId);
  const beginning = transition.begun;
  if (onChange === "fail") assertSamePlan(runId, plan, beginning);
  const stepIds = idsOf(runId, plan, transition.steps);
  const shown = initialState(runId, plan, stepIds);
  const none = { nextSequence: 0, nextEvent: 0, nextTold: 0, held: [] };
  const so: StateSoFar = { state: initialState(runId, plan, stepIds), shown: () => shown, ...none };
  return { so, beginning };
}

/** A step that is new in a changed pipeline gets an id of its own. */
function idsOf(runId: string, plan: Plan, known: readonly PlannedIdentity[]): readonly string[] {
  const ids = new Map(known.map(({ step, stepId }) => [step, stepId]));
  return plan.steps.map(({ step }) => ids.get(step.key) ?? lastingStepId(runId, step.key));
}

/** RUN_CHANGED when a run was begun with another pipeline. */
export function assertSamePlan(runId: string, plan: Plan, { planHash: before }: RunBeginning): void {
  if (planHash(plan) === before) return;
  const message = `Run ${runId} was begun with another pipeline than "${plan.definition.name}" is now. Give it the one that it began with; or say onChange: "continue", and steps that have succeeded stay as they are.`;
  throw new GenblazeError("RUN_CHANGED", message, { details: { runId } });
}

/** JOURNAL_FAILED for entries whose first does not say how the run began. */
export function noBeginning(runId: string): GenblazeError {
  const message = `The journal of run ${runId} does not say how the run began, so that it cannot be gone on with.`;
  return new GenblazeError("JOURNAL_FAILED", message, { details: { runId } });
}
