/** A list, or whatever gives its items one by one, now or later. */
export type Items<Item> = Iterable<Item> | AsyncIterable<Item>;

/** A place where things change. */
export interface Changes {
  /** Wakes everyone who waits for a change. */
  changed(): void;
  /** Resolves at the next change. */
  change(): Promise<void>;
}

/**
 * Takes items one after the other, each when there is room, until there is none or it shall stop. Whatever gives them
 * is told of an early end, and is not waited for while it is asked for an item. Rejects as it does.
 */
export async function takeItems<Item>(
  items: Items<Item>,
  { change, changed }: Changes,
  isStopped: () => boolean,
  hasRoom: () => boolean,
  take: (item: Item, index: number) => void,
): Promise<void> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  for (let index = 0; ; index++) {
    while (!isStopped() && !hasRoom()) await change();
    if (isStopped()) {
      // It may hold a file or a connection open.
      await source.return?.();
      return;
    }
    const next = settled(Promise.resolve(source.next()), changed);
    while (!isStopped() && next.state === undefined) await change();
    if (next.state === undefined) {
      // Whoever is asked for an item answers nothing else before; so this is not waited for.
      Promise.resolve(source.return?.()).catch(() => undefined);
      return;
    }
    const { value } = next.state;
    if ("thrown" in next.state) throw next.state.thrown;
    if (value === undefined || value.done === true) return;
    take(value.value, index);
  }
}

interface Settled<T> {
  state: { readonly value?: T; readonly thrown?: unknown } | undefined;
}

/** What has become of a promise, and a word when it has come to that. */
function settled<T>(promise: Promise<T>, changed: () => void): Settled<T> {
  const outcome: Settled<T> = { state: undefined };
  promise.then(
    (value) => {
      outcome.state = { value };
      changed();
    },
    (thrown: unknown) => {
      outcome.state = { thrown };
      changed();
    },
  );
  return outcome;
}
