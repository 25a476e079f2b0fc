import type { Items } from "./take-items.js";

/** The same items; what their source throws becomes an error that knows which item was asked for. */
export function namedItems<Item>(
  items: Items<Item>,
  toError: (thrown: unknown, index: number) => unknown,
): AsyncIterable<Item> {
  return {
    [Symbol.asyncIterator]() {
      let index = 0;
      const named = async <T>(ask: () => T | Promise<T>): Promise<T> => {
        try {
          return await ask();
        } catch (thrown) {
          throw toError(thrown, index);
        }
      };
      let source: Iterator<Item> | AsyncIterator<Item> | undefined;
      const sourceOf = () => {
        source ??= Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
        return source;
      };
      return {
        async next() {
          const next = await named(() => sourceOf().next());
          index += 1;
          return next;
        },
        return: () => named(async () => (await source?.return?.()) ?? { done: true, value: undefined }),
      };
    },
  };
}
