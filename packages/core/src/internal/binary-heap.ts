/** A list of which the first item by some order is always at hand; adding and taking one takes O(log n). */
export interface BinaryHeap<Item> {
  readonly size: number;
  first(): Item | undefined;
  add(item: Item): void;
  /** Takes the first item out. */
  take(): Item | undefined;
  /** Lets go of all other items, in O(n). */
  keep(isKept: (item: Item) => boolean): void;
}

/** An empty heap. Of two items of which neither is before the other, any is first. */
export function createBinaryHeap<Item>(isBefore: (left: Item, right: Item) => boolean): BinaryHeap<Item> {
  let items: Item[] = [];
  return {
    get size() {
      return items.length;
    },
    first: () => items[0],
    add(item) {
      items.push(item);
      rise(items, items.length - 1, item, isBefore);
    },
    take() {
      const first = items[0];
      const last = items.pop();
      if (last !== undefined && items.length > 0) sink(items, 0, last, isBefore);
      return first;
    },
    keep(isKept) {
      items = items.filter(isKept);
      for (let index = (items.length >> 1) - 1; index >= 0; index--) {
        const item = items[index];
        if (item !== undefined) sink(items, index, item, isBefore);
      }
    },
  };
}

type IsBefore<Item> = (left: Item, right: Item) => boolean;

/** Puts an item in at an index, or above it: whatever it is before moves down. */
function rise<Item>(items: Item[], from: number, item: Item, isBefore: IsBefore<Item>): void {
  let index = from;
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = items[parentIndex];
    if (parent === undefined || !isBefore(item, parent)) break;
    items[index] = parent;
    index = parentIndex;
  }
  items[index] = item;
}

/** Puts an item in at an index, or below it: whatever is before it moves up. */
function sink<Item>(items: Item[], from: number, item: Item, isBefore: IsBefore<Item>): void {
  let index = from;
  for (;;) {
    const left = items[2 * index + 1];
    if (left === undefined) break;
    const right = items[2 * index + 2];
    const isRight = right !== undefined && isBefore(right, left);
    const child = isRight ? right : left;
    if (!isBefore(child, item)) break;
    items[index] = child;
    index = 2 * index + (isRight ? 2 : 1);
  }
  items[index] = item;
}
