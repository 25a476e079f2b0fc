import type { RunEvent } from "./run-events.js";

/** How many events of a run are kept in memory; what was before them is read out of its journal. */
export const KEPT_EVENTS = 10_000;
/** What may be there beyond that, so that the oldest leave many at a time. */
const SLACK_EVENTS = 1_000;

/** The last events of a run, by their places: from 0, in the order in which they came. */
export interface EventTail {
  add(event: RunEvent): void;
  at(place: number): RunEvent | undefined;
  /** The place of the oldest one that is still there. */
  readonly first: number;
  /** The place of the next one to come. */
  readonly end: number;
  /** The number that had been reached before a place. */
  reachedBefore(place: number): number;
  /** Says which number had been reached before the first one came. */
  begin(reached: number): void;
}

/** A tail that forgets the oldest events when it becomes too long. */
export function createEventTail(): EventTail {
  const events: RunEvent[] = [];
  let first = 0;
  let reached = -1;
  return {
    add(event) {
      events.push(event);
      if (events.length <= KEPT_EVENTS + SLACK_EVENTS) return;
      const gone = events.splice(0, events.length - KEPT_EVENTS);
      first += gone.length;
      reached = gone.at(-1)?.sequence ?? reached;
    },
    at: (place) => events[place - first],
    get first() {
      return first;
    },
    get end() {
      return first + events.length;
    },
    reachedBefore: (place) => events[place - first - 1]?.sequence ?? reached,
    begin(before) {
      reached = before;
    },
  };
}
