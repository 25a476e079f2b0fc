import type { GenblazeError } from "../errors/genblaze-error.js";
import { createTimeText } from "../internal/time-text.js";
import type { Journal, JournalEntry } from "../journal/journal.js";
import type { Clock } from "../provider/clock.js";
import type { EventLog } from "./event-log.js";
import { eventsOf } from "./events-of.js";
import { journalFailed } from "./journal-failed.js";
import type { RunEvent } from "./run-events.js";
import type { RunMemory } from "./run-memory.js";
import { applyEntry, type RunState, type StepState } from "./run-state.js";
import type { Transition } from "./transitions.js";

/** The events of a run before they get their place and time. */
export type UnplacedEvent = RunEvent extends infer E
  ? E extends RunEvent
    ? Omit<E, "sequence" | "timestamp" | "runId">
    : never
  : never;

/** Writes what happens into the journal; state and events follow from what was written. */
export interface RunLog {
  readonly startedAt: number;
  /** JOURNAL_FAILED when it cannot be written; then it has not happened. */
  record(transition: Transition): Promise<void> | undefined;
  /** Writes what the journal could not take before, so that it has no gap; JOURNAL_FAILED when it still cannot. */
  catchUp(): Promise<void>;
  /** The journal is lost: what happened in this process still counts for the result, and open steps are cancelled. */
  abandon(error: GenblazeError): void;
  /** Reports something that need not survive, like progress. */
  report(event: UnplacedEvent): void;
}

/** What a log writes and where. */
export interface RunLogParts extends Pick<RunMemory, "startedAt" | "unwritten" | "written"> {
  readonly state: RunState;
  /**
   * Makes the state of the beginning anew. Events say how things stood when they happened, whenever they are read: what
   * was written is folded into this as they are made.
   */
  readonly shown: () => RunState;
  readonly journal: Journal;
  readonly nextSequence: number;
  readonly events: EventLog;
  readonly clock: Clock;
  /** Called when the journal cannot be written: what goes on without it would be forgotten. */
  readonly onLost: (error: GenblazeError) => void;
}

const open: ReadonlySet<StepState> = new Set(["planned", "ready", "running", "waiting"]);

/** Opens the log of a run, or of one that goes on. */
export function createRunLog(parts: RunLogParts): RunLog {
  const { state, journal, events, clock, startedAt, unwritten, written } = parts;
  const timeText = createTimeText();
  let { nextSequence } = parts;
  let told: RunState | undefined;
  let published = 0;
  let lost: GenblazeError | undefined;

  function place(event: UnplacedEvent, at: number): RunEvent {
    // Object.assign cannot keep the union's link between `type` and the other fields.
    return Object.assign(event, { sequence: published++, timestamp: timeText(at), runId: state.runId }) as RunEvent;
  }

  function accept(entry: JournalEntry): void {
    written.last = Math.max(written.last, entry.sequence);
    applyEntry(state, entry);
    events.publish(() => {
      told ??= parts.shown();
      applyEntry(told, entry);
      return eventsOf(told, entry, startedAt).map((event) => place(event, entry.at));
    });
  }

  /** What comes after something that is missing is kept until that can be written. */
  function giveUp(entry: JournalEntry, error: GenblazeError): never {
    unwritten.push(entry);
    unwritten.sort((left, right) => left.sequence - right.sequence);
    lost = error;
    parts.onLost(error);
    throw error;
  }

  return {
    startedAt,
    report(event) {
      const at = clock.now();
      events.publish(() => [place(event, at)]);
    },
    async catchUp() {
      for (let entry = unwritten[0]; entry !== undefined; entry = unwritten[0]) {
        await append(journal, entry, (error) => {
          throw error;
        });
        unwritten.shift();
        accept(entry);
      }
    },
    abandon(error) {
      for (const entry of unwritten) applyEntry(state, entry);
      cancelOpenSteps(state, error, clock.now());
    },
    record(transition) {
      const entry = { runId: state.runId, sequence: nextSequence++, at: clock.now(), transition };
      if (lost !== undefined) return giveUp(entry, lost);
      const pending = append(journal, entry, (error) => giveUp(entry, error));
      if (pending === undefined) accept(entry);
      return pending?.then(() => accept(entry));
    },
  };
}

function cancelOpenSteps(state: RunState, { code, message }: GenblazeError, at: number): void {
  for (const { planned, state: reached } of state.byKey.values()) {
    if (!open.has(reached)) continue;
    applyEntry(state, { transition: { state: "cancelled", step: planned.step.key, error: { code, message } }, at });
  }
}

function append(
  journal: Journal,
  entry: JournalEntry,
  giveUp: (error: GenblazeError) => never,
): Promise<void> | undefined {
  try {
    // A journal may be anybody's object: what is no promise says that it has happened.
    const pending: unknown = journal.append(entry);
    if (!isThenable(pending)) return undefined;
    return Promise.resolve(pending).then(
      () => undefined,
      (thrown: unknown) => giveUp(journalFailed(thrown)),
    );
  } catch (thrown) {
    return giveUp(journalFailed(thrown));
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
