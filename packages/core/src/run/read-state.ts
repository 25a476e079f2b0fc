import type { Journal, JournalEntry } from "../journal/journal.js";
import type { Plan } from "../pipeline/plan.js";
import { countEvents } from "./event-teller.js";
import { initialState } from "./expand-body.js";
import { journalFailed } from "./journal-failed.js";
import type { RunMemory } from "./run-memory.js";
import { applyEntry, type RunState } from "./run-state.js";

/** Where a run stands when it begins or goes on. */
export interface StateSoFar {
  readonly state: RunState;
  /** Another value of the same, for the events: they are made when they are read. */
  readonly shown: () => RunState;
  /** The place of the next entry of its journal. */
  readonly nextSequence: number;
  /** The number of the next event. */
  readonly nextEvent: number;
  /** The place of the entry whose events come next: behind it, nothing was told yet. */
  readonly nextTold: number;
  /** What the journal has behind that place, while something before it is still to be written. */
  readonly held: readonly JournalEntry[];
}

/** The state of a run that has not begun. */
export function beginState(plan: Plan, runId: string, createId: () => string): StateSoFar {
  const stepIds = plan.steps.map(createId);
  const make = () => initialState(runId, plan, stepIds);
  return { state: make(), shown: make, nextSequence: 0, nextEvent: 0, nextTold: 0, held: [] };
}

/**
 * The state of a run as its journal tells it; other values than those of the run before, which stay as it ended.
 * JOURNAL_FAILED when it cannot be read.
 */
export async function readState(
  journal: Journal,
  { state: { runId, plan, root }, memory }: { readonly state: RunState; readonly memory: Pick<RunMemory, "unwritten"> },
): Promise<StateSoFar> {
  const stepIds = root.steps.map(({ stepId }) => stepId);
  const state = initialState(runId, plan, stepIds);
  const shown = initialState(runId, plan, stepIds);
  const held: JournalEntry[] = [];
  let nextEvent = 0;
  let read = -1;
  for await (const entry of entriesOf(journal, runId)) {
    // A journal that wrote an entry and said that it could not has it twice by now.
    if (entry.sequence === read) continue;
    applyEntry(state, entry);
    read = entry.sequence;
    forget(memory.unwritten, read);
    if ((memory.unwritten[0]?.sequence ?? read) < read) held.push(entry);
    else nextEvent += countEvents(shown, entry);
  }
  const last = Math.max(read, memory.unwritten.at(-1)?.sequence ?? -1);
  const nextSequence = last + 1;
  const nextTold = memory.unwritten[0]?.sequence ?? nextSequence;
  return { state, shown: () => shown, nextSequence, nextEvent, nextTold, held };
}

/** The entries of a run; JOURNAL_FAILED when they cannot be read. */
export async function* entriesOf(journal: Journal, runId: string): AsyncGenerator<JournalEntry, void> {
  try {
    yield* journal.read(runId);
  } catch (thrown) {
    throw journalFailed(thrown);
  }
}

/** What was said to be unwritten and is there all the same need not be written again. */
function forget(unwritten: JournalEntry[], sequence: number): void {
  const place = unwritten.findIndex((entry) => entry.sequence === sequence);
  if (place >= 0) unwritten.splice(place, 1);
}
