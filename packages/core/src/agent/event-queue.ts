/** Events that any number of readers read from the first one on. */
export interface EventQueue<Event> extends AsyncIterable<Event> {
  add(event: Event): void;
  /** No event comes after this; readers end. */
  close(): void;
}

/** How many events that nobody needs later are kept. */
const KEPT_PASSING = 10_000;
/** What may be there beyond that, so that the oldest leave many at a time. */
const SLACK = 1_000;

/** An event queue in memory. Of events that are `isPassing`, like reports of progress, the last 10,000 are kept. */
export function createEventQueue<Event>(isPassing: (event: Event) => boolean): EventQueue<Event> {
  // Undefined where one was let go: readers have their places.
  const events: (Event | undefined)[] = [];
  const passing: number[] = [];
  const waiting = new Set<() => void>();
  let isClosed = false;

  function wake(): void {
    for (const callback of waiting) callback();
    waiting.clear();
  }

  function letGo(tooMany: number): void {
    if (tooMany <= SLACK) return;
    for (const place of passing.splice(0, tooMany)) events[place] = undefined;
  }

  return {
    add(event) {
      const place = events.push(event) - 1;
      if (isPassing(event)) letGo(passing.push(place) - KEPT_PASSING);
      wake();
    },
    close() {
      isClosed = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (let next = 0; ; ) {
        if (next < events.length) {
          const event = events[next];
          next += 1;
          if (event !== undefined) yield event;
        } else if (isClosed) {
          return;
        } else {
          await new Promise<void>((resolve) => waiting.add(resolve));
        }
      }
    },
  };
}
