/**
 * Gives out what a generator gives, and lets its reader leave at any time: `return()` of a generator alone waits until
 * what was asked for last has come.
 */
export function leavable<T>(inner: AsyncGenerator<T, void>, onLeave: () => void): AsyncIterableIterator<T, void> {
  const reader: AsyncIterableIterator<T, void> = {
    next: () => inner.next(),
    async return() {
      onLeave();
      return inner.return();
    },
    [Symbol.asyncIterator]: () => reader,
  };
  return reader;
}
