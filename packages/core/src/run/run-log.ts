import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { createTimeText } from "../internal/time-text.js";
import type { Clock } from "../provider/clock.js";
import type { EventLog } from "./event-log.js";
import { eventsOf } from "./events-of.js";
import type { Journal, JournalEntry, Transition } from "./journal.js";
import type { RunEvent } from "./run-events.js";
import { applyEntry, type RunState, type StepState } from "./run-state.js";

/** The events of a run before they get their place and time. */
export type UnplacedEvent = RunEvent extends infer E
  ? E extends RunEvent
    ? Omit<E, "sequence" | "timestamp" | "runId">
    : never
  : never;

/** Writes what happens into the journal; state and events follow from what was written. */
export interface RunLog {
  readonly startedAt: number;
  /** How many entries the journal has of the run. */
  entries(): number;
  /** JOURNAL_FAILED when it cannot be written; then it has not happened. */
  record(transition: Transition): Promise<void> | undefined;
  /** The journal is lost: what happened in this process still counts for the result, and open steps are cancelled. */
  abandon(error: GenblazeError): void;
  /** Reports something that need not survive, like progress. */
  report(event: UnplacedEvent): void;
}

const open: ReadonlySet<StepState> = new Set(["planned", "ready", "running", "waiting"]);

/** What the log of a run that goes on has of the time before. */
export interface LoggedBefore {
  readonly startedAt: number;
  readonly entries: number;
}

/**
 * `onLost` is called when the journal cannot be written: what goes on without it would be forgotten. Events say how
 * things stood when they happened, whenever they are read: `shown` makes the state of the beginning anew, and what was
 * written is folded into it as the events are made.
 */
export function createRunLog(
  state: RunState,
  shown: () => RunState,
  journal: Journal,
  events: EventLog,
  clock: Clock,
  onLost: (error: GenblazeError) => void,
  before: LoggedBefore = { startedAt: clock.now(), entries: 0 },
): RunLog {
  const timeText = createTimeText();
  const { startedAt } = before;
  let { entries } = before;
  let told: RunState | undefined;
  let published = 0;
  const unwritten: Transition[] = [];

  function place(event: UnplacedEvent, at: number): RunEvent {
    // Object.assign cannot keep the union's link between `type` and the other fields.
    return Object.assign(event, { sequence: published++, timestamp: timeText(at), runId: state.runId }) as RunEvent;
  }

  function entryOf(transition: Transition): JournalEntry {
    return { runId: state.runId, sequence: entries++, at: clock.now(), transition };
  }

  function accept(entry: JournalEntry): void {
    applyEntry(state, entry);
    events.publish(() => {
      told ??= shown();
      applyEntry(told, entry);
      return eventsOf(told, entry, startedAt).map((event) => place(event, entry.at));
    });
  }

  return {
    startedAt,
    entries: () => entries,
    report(event) {
      const at = clock.now();
      events.publish(() => [place(event, at)]);
    },
    abandon({ code, message }) {
      for (const transition of unwritten) applyEntry(state, entryOf(transition));
      for (const { planned, state: at } of state.byKey.values()) {
        if (!open.has(at)) continue;
        applyEntry(state, entryOf({ state: "cancelled", step: planned.step.key, error: { code, message } }));
      }
    },
    record(transition) {
      const entry = entryOf(transition);
      const giveUp = (cause: unknown): never => {
        unwritten.push(transition);
        const error = journalFailed(cause);
        onLost(error);
        throw error;
      };
      const pending = append(journal, entry, giveUp);
      if (pending === undefined) accept(entry);
      return pending?.then(() => accept(entry));
    },
  };
}

function append(journal: Journal, entry: JournalEntry, giveUp: (error: unknown) => never): Promise<void> | undefined {
  try {
    return journal.append(entry)?.catch(giveUp);
  } catch (error) {
    return giveUp(error);
  }
}

function journalFailed(cause: unknown): GenblazeError {
  const { message } = errorFromUnknown(cause, "The journal");
  return new GenblazeError("JOURNAL_FAILED", message, { cause });
}
