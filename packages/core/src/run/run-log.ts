import type { GenblazeError } from "../errors/genblaze-error.js";
import type { Journal, JournalEntry } from "../journal/journal.js";
import type { Clock } from "../provider/clock.js";
import type { EventLog } from "./event-log.js";
import { createEventTeller, type EventTeller, type UnplacedEvent } from "./event-teller.js";
import { journalFailed } from "./journal-failed.js";
import type { RunMemory } from "./run-memory.js";
import { applyEntry, type RunState, type StepState } from "./run-state.js";
import type { Transition } from "./transitions.js";

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
  /** Tells the end of a turn before this one once more, under the number that it has. */
  reportAgain(ended: JournalEntry): void;
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
  readonly nextEvent: number;
  readonly nextTold: number;
  readonly held: readonly JournalEntry[];
  readonly events: EventLog;
  readonly clock: Clock;
  /** Called when the journal cannot be written: what goes on without it would be forgotten. */
  readonly onLost: (error: GenblazeError) => void;
}

const open: ReadonlySet<StepState> = new Set(["planned", "ready", "running", "waiting"]);

/** Opens the log of a run, or of one that goes on. */
export function createRunLog(parts: RunLogParts): RunLog {
  const { state, journal, events, clock, startedAt, unwritten, written } = parts;
  const untold = new Map(parts.held.map((entry) => [entry.sequence, entry]));
  let { nextSequence, nextTold } = parts;
  let known: EventTeller | undefined;
  let lost: GenblazeError | undefined;

  function teller(): EventTeller {
    known ??= createEventTeller({ state: parts.shown(), startedAt, nextEvent: parts.nextEvent });
    return known;
  }

  /** Events come in the order of the journal, so that their numbers follow from it. */
  function accept(entry: JournalEntry): void {
    written.last = Math.max(written.last, entry.sequence);
    applyEntry(state, entry);
    untold.set(entry.sequence, entry);
    for (let next = untold.get(nextTold); next !== undefined; next = untold.get(nextTold)) {
      const told = next;
      untold.delete(nextTold++);
      events.publish(() => teller().tell(told));
    }
  }

  function acceptWhenRoom(entry: JournalEntry): Promise<void> | undefined {
    accept(entry);
    // Whoever waits for the result may read its events only then.
    return entry.transition.state === "run.ended" ? undefined : events.room();
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
      events.publish(() => [teller().report(event, at)]);
    },
    reportAgain(ended) {
      events.publish(() => teller().tellAgain(ended));
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
      return pending === undefined ? acceptWhenRoom(entry) : pending.then(() => acceptWhenRoom(entry));
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
