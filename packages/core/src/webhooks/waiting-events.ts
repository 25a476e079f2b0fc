import { createLinkedList, type LinkedList, type ListNode } from "../limits/linked-list.js";
import type { EventWeight } from "./webhook-event-types.js";

/** Events that wait for their turn: those of one run in their order, one at a time, the runs by turns. */
export interface WaitingEvents<T> {
  /** How many wait. */
  readonly size: number;
  /** Adds an event; gives those that were let go for it, the new one among them when it is the lightest. */
  add(runId: string, weight: EventWeight, value: T): readonly T[];
  /** The next event of a run that has none under way; the run is busy from then on. */
  take(): { readonly runId: string; readonly value: T } | undefined;
  /** What was taken of this run is done. */
  release(runId: string): void;
  /** Whether a run has events waiting or under way. */
  has(runId: string): boolean;
  /** Lets go of all that wait. */
  clear(): readonly T[];
}

interface Entry<T> {
  readonly value: T;
  readonly lane: Lane<T>;
  /** Takes it out of its lane and out of those of its weight. */
  readonly leave: () => void;
}

/** The events of one run. */
interface Lane<T> {
  readonly runId: string;
  readonly entries: LinkedList<Entry<T>>;
  isBusy: boolean;
  /** Its place among those whose turn comes. */
  turn: ListNode<Lane<T>> | undefined;
}

/** What is let go first, when there is no room. */
const LIGHTEST_FIRST: readonly EventWeight[] = ["progress", "step", "end"];

/** Nothing waits yet. `maxWaiting` is how many may. */
export function createWaitingEvents<T>(maxWaiting: number): WaitingEvents<T> {
  const lanes = createLanes<T>();
  const byWeight: Readonly<Record<EventWeight, LinkedList<Entry<T>>>> = {
    progress: createLinkedList(),
    step: createLinkedList(),
    end: createLinkedList(),
  };
  const sizeOf = () => LIGHTEST_FIRST.reduce((sum, weight) => sum + byWeight[weight].size, 0);

  function remove(entry: Entry<T>): T {
    entry.leave();
    lanes.settle(entry.lane);
    return entry.value;
  }

  function letGo(most: number): readonly T[] {
    const gone: T[] = [];
    while (sizeOf() > most) {
      const list = LIGHTEST_FIRST.map((weight) => byWeight[weight]).find(({ size }) => size > 0);
      const oldest = list?.first()?.value;
      if (oldest === undefined) break;
      gone.push(remove(oldest));
    }
    return gone;
  }

  return {
    get size() {
      return sizeOf();
    },
    add(runId, weight, value) {
      const lane = lanes.of(runId);
      const leave = () => {
        lane.entries.remove(inLane);
        byWeight[weight].remove(inWeight);
      };
      const entry: Entry<T> = { value, lane, leave };
      const inLane = lane.entries.push(entry);
      const inWeight = byWeight[weight].push(entry);
      lanes.settle(lane);
      return letGo(maxWaiting);
    },
    take() {
      const entry = lanes.next()?.entries.first()?.value;
      if (entry === undefined) return undefined;
      entry.lane.isBusy = true;
      return { runId: entry.lane.runId, value: remove(entry) };
    },
    release: lanes.release,
    has: lanes.has,
    clear: () => letGo(0),
  };
}

interface Lanes<T> {
  of(runId: string): Lane<T>;
  has(runId: string): boolean;
  next(): Lane<T> | undefined;
  /** Puts a lane where it belongs after it changed: among the turns, aside while it is busy, or away. */
  settle(lane: Lane<T>): void;
  release(runId: string): void;
}

function createLanes<T>(): Lanes<T> {
  const lanes = new Map<string, Lane<T>>();
  const turns = createLinkedList<Lane<T>>();

  function settle(lane: Lane<T>): void {
    const isReady = !lane.isBusy && lane.entries.size > 0;
    if (isReady && lane.turn === undefined) lane.turn = turns.push(lane);
    if (!isReady && lane.turn !== undefined) {
      turns.remove(lane.turn);
      lane.turn = undefined;
    }
    if (!lane.isBusy && lane.entries.size === 0) lanes.delete(lane.runId);
  }

  return {
    of(runId) {
      const known = lanes.get(runId);
      if (known !== undefined) return known;
      const lane: Lane<T> = { runId, entries: createLinkedList(), isBusy: false, turn: undefined };
      lanes.set(runId, lane);
      return lane;
    },
    has: (runId) => lanes.has(runId),
    next: () => turns.first()?.value,
    settle,
    release(runId) {
      const lane = lanes.get(runId);
      if (lane === undefined) return;
      lane.isBusy = false;
      settle(lane);
    },
  };
}
