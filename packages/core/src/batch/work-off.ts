import { type Changes, type Items, takeItems } from "./take-items.js";

/** What {@link workOff} needs to know. */
export interface WorkOptions<Item, Result> {
  /** How many items are worked on at the same time at most. */
  readonly concurrency: number;
  /** How many more may be in flight and unread together. @default as many as `concurrency` */
  readonly maxUnread?: number;
  /**
   * Does one item. When it rejects, or calls `fail`, nothing more is begun, and the error is thrown after what is in
   * flight has ended and was read.
   */
  work(item: Item, index: number, fail: (thrown: unknown) => void): Promise<Result>;
  /** Asked before each item is taken: whether it is the end. */
  shouldStop(): boolean;
  /** Calls back once no further item shall be taken, though one may be waited for; the returned function takes it back. */
  onStop(callback: () => void): () => void;
  /** Called when the reader leaves before the end, with work in flight. */
  onLeave(): void;
}

interface Floor<Result> extends Changes {
  readonly ready: Result[];
  inFlight: number;
  error: { readonly thrown: unknown } | undefined;
  hasLeft: boolean;
  /** Whether nothing comes any more. */
  isOver: boolean;
}

/**
 * Works items off, several at the same time, and yields what came of them as they finish. Items are taken only when
 * there is room: `concurrency` in flight, and no more than `concurrency + maxUnread` in flight and unread together, so
 * that a slow reader slows the work down. Nothing that was read is kept.
 */
export async function* workOff<Item, Result>(
  items: Items<Item>,
  options: WorkOptions<Item, Result>,
): AsyncGenerator<Result, void> {
  const floor = openFloor<Result>();
  const feeding = feed(items, options, floor);
  let isAtEnd = false;
  try {
    for (;;) {
      const result = floor.ready.shift();
      if (result !== undefined) {
        floor.changed();
        yield result;
      } else if (floor.isOver) {
        break;
      } else {
        await floor.change();
      }
    }
    isAtEnd = true;
  } finally {
    floor.hasLeft = true;
    if (!isAtEnd) options.onLeave();
    floor.changed();
    await feeding;
  }
  if (floor.error !== undefined) throw floor.error.thrown;
}

function openFloor<Result>(): Floor<Result> {
  const waiting = new Set<() => void>();
  return {
    ready: [],
    inFlight: 0,
    error: undefined,
    hasLeft: false,
    isOver: false,
    changed() {
      for (const wake of waiting) wake();
      waiting.clear();
    },
    change: () => new Promise((wake) => waiting.add(wake)),
  };
}

async function feed<Item, Result>(
  items: Items<Item>,
  options: WorkOptions<Item, Result>,
  floor: Floor<Result>,
): Promise<void> {
  const forget = options.onStop(floor.changed);
  const isStopped = () => floor.hasLeft || floor.error !== undefined || options.shouldStop();
  const { concurrency, maxUnread = concurrency } = options;
  const hasRoom = () => floor.inFlight < concurrency && floor.inFlight + floor.ready.length < concurrency + maxUnread;
  try {
    await takeItems(items, floor, isStopped, hasRoom, (item, index) => begin(options, floor, item, index));
  } catch (thrown) {
    noteError(floor, thrown);
  } finally {
    while (floor.inFlight > 0) await floor.change();
    forget();
    floor.isOver = true;
    floor.changed();
  }
}

function begin<Item, Result>(
  { work }: WorkOptions<Item, Result>,
  floor: Floor<Result>,
  item: Item,
  index: number,
): void {
  floor.inFlight += 1;
  work(item, index, (thrown) => noteError(floor, thrown))
    .then(
      (result) => {
        // After the reader has left nobody takes it.
        if (!floor.hasLeft) floor.ready.push(result);
      },
      (thrown: unknown) => noteError(floor, thrown),
    )
    .finally(() => {
      floor.inFlight -= 1;
      floor.changed();
    });
}

/** The first one counts. */
function noteError(floor: Floor<unknown>, thrown: unknown): void {
  floor.error ??= { thrown };
  floor.changed();
}
