import { createTimeText } from "../internal/time-text.js";
import type { JournalEntry } from "../journal/journal.js";
import { eventsOf } from "./events-of.js";
import type { RunEvent } from "./run-events.js";
import { applyEntry, type RunState } from "./run-state.js";

/** The events of a run before they get their place and time. */
export type UnplacedEvent = RunEvent extends infer E
  ? E extends RunEvent
    ? Omit<E, "sequence" | "isTransient" | "timestamp" | "runId">
    : never
  : never;

/** Makes entries of a journal, in their order, into events that have their numbers. */
export interface EventTeller {
  /** The events that an entry stands for; it is folded into the state first. */
  tell(entry: JournalEntry): readonly RunEvent[];
  /** Something that no entry stands for: it has the number of the event before it. */
  report(event: UnplacedEvent, at: number): RunEvent;
  /** What the entry of the run's end stands for, told once more under the number that it has. */
  tellAgain(entry: JournalEntry): readonly RunEvent[];
}

/** Where a teller begins. */
export interface TellerParts {
  /** How things stood before the first entry that it is told. */
  readonly state: RunState;
  /** When the run began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** The number of the next event that an entry stands for. */
  readonly nextEvent: number;
}

export function createEventTeller({ state, startedAt, nextEvent }: TellerParts): EventTeller {
  const timeText = createTimeText();
  let next = nextEvent;

  function place(event: UnplacedEvent, at: number, facts: Pick<RunEvent, "sequence" | "isTransient">): RunEvent {
    // Object.assign cannot keep the union's link between `type` and the other fields.
    return Object.assign(event, facts, { timestamp: timeText(at), runId: state.runId }) as RunEvent;
  }

  return {
    tell(entry) {
      applyEntry(state, entry);
      return eventsOf(state, entry, startedAt).map((event) => place(event, entry.at, { sequence: next++ }));
    },
    report: (event, at) => place(event, at, { sequence: Math.max(0, next - 1), isTransient: true }),
    tellAgain: (entry) =>
      eventsOf(state, entry, startedAt).map((event) => place(event, entry.at, { sequence: next - 1 })),
  };
}

/** How many events an entry stands for; it is folded into the state first. */
export function countEvents(state: RunState, entry: JournalEntry): number {
  applyEntry(state, entry);
  return eventsOf(state, entry, entry.at).length;
}
