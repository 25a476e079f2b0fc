import { GenblazeError } from "../errors/genblaze-error.js";
import type { EventTail } from "./event-tail.js";
import type { RunEvent } from "./run-events.js";
import type { ReadRule } from "./stream-options.js";

/** What was before the events of a log. */
export interface EventsBefore {
  readonly runId: string;
  /** The number of its first event. */
  readonly nextEvent: number;
  /** The events of the run's journal after a number. */
  earlier(after: number): AsyncIterable<RunEvent>;
}

/** What readers need of a log. */
export interface LogSource {
  readonly tail: EventTail;
  readonly before: EventsBefore | undefined;
  readonly isClosed: boolean;
  /** Makes the events that nobody wanted to know so far. */
  makeAll(): void;
  /** Resolves when there is something new, or nothing will be. */
  changed(): Promise<void>;
}

/** Where a reader is. */
export interface ReaderPlace {
  /** In the tail. */
  place: number;
  /** The number of the last event that it knows. */
  last: number;
  hasLeft: boolean;
}

/** The events of a log after a number: out of the journal what memory has no more, then as they come. */
export async function* readLog(
  source: LogSource,
  at: ReaderPlace,
  rule: ReadRule,
  onRead: () => void,
): AsyncGenerator<RunEvent, void> {
  while (source.before === undefined && !source.isClosed) await source.changed();
  const { before, tail } = source;
  if (before === undefined) return;
  at.last = rule.after ?? before.nextEvent - 1;
  let isJoining = true;
  while (!at.hasLeft) {
    source.makeAll();
    const isTooFar = rule.overflow === "fail" && tail.end - at.place > rule.size;
    if (isTooFar && !isJoining) throw tooSlow(before.runId, at.last, rule);
    at.place = Math.max(at.place, tail.first, isTooFar ? tail.end - rule.size : 0);
    const reached = tail.reachedBefore(at.place);
    if (reached > at.last) {
      yield* readJournalUpTo(before, at, reached);
      continue;
    }
    const event = tail.at(at.place);
    if (event === undefined) {
      if (source.isClosed) return;
      await source.changed();
      continue;
    }
    const isOld = tail.end - at.place > rule.size;
    at.place += 1;
    onRead();
    if (isKnown(event, at.last) || (isOld && isDroppable(event, rule))) continue;
    at.last = event.sequence;
    isJoining = false;
    yield event;
  }
}

async function* readJournalUpTo(
  { runId, earlier }: EventsBefore,
  at: ReaderPlace,
  reached: number,
): AsyncGenerator<RunEvent, void> {
  for await (const event of earlier(at.last)) {
    // Another turn may have written more since.
    if (event.sequence > reached || at.hasLeft) break;
    at.last = event.sequence;
    yield event;
  }
  if (at.last < reached && !at.hasLeft) throw gone(runId, at.last);
}

function isKnown({ sequence, isTransient }: RunEvent, last: number): boolean {
  return sequence < last || (sequence === last && isTransient === undefined);
}

function isDroppable({ type, isTransient }: RunEvent, { overflow }: ReadRule): boolean {
  return overflow === "drop-progress" && isTransient === true && type === "step.progress";
}

function tooSlow(runId: string, after: number, { size }: ReadRule): GenblazeError {
  const message = `The reader of the events of run ${runId} is more than ${size} events behind. The run goes on: read on with after: ${after}, from eventsFromJournal or stream; or give the buffer another "size" or "overflow".`;
  return new GenblazeError("READER_TOO_SLOW", message, { details: { runId, after } });
}

function gone(runId: string, after: number): GenblazeError {
  const message = `The events of run ${runId} after number ${after} are no longer in memory, and its journal does not have them. Was the run removed from it?`;
  return new GenblazeError("JOURNAL_FAILED", message, { details: { runId, after } });
}
