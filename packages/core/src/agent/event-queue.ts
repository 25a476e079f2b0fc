/** Events that any number of readers read from the first one on. */
export interface EventQueue<Event> extends AsyncIterable<Event> {
  add(event: Event): void;
  /** No event comes after this; readers end. */
  close(): void;
}

/** An event queue in memory. */
export function createEventQueue<Event>(): EventQueue<Event> {
  const events: Event[] = [];
  const waiting = new Set<() => void>();
  let isClosed = false;

  function wake(): void {
    for (const callback of waiting) callback();
    waiting.clear();
  }

  return {
    add(event) {
      events.push(event);
      wake();
    },
    close() {
      isClosed = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (let next = 0; ; ) {
        const event = events[next];
        if (event !== undefined) {
          next += 1;
          yield event;
        } else if (isClosed) {
          return;
        } else {
          await new Promise<void>((resolve) => waiting.add(resolve));
        }
      }
    },
  };
}
