import { createLinkedList, type LinkedList, type ListNode } from "./linked-list.js";

/**
 * A queue for each run, and the runs served in turn: of two runs with work each gets every second turn, whoever came
 * first or has more. Adding, taking and leaving take the same short time however many wait.
 */
export interface FairQueue<T> {
  readonly size: number;
  /** Adds at the end of its run's queue; the returned function takes it out again, and says whether it was still in. */
  push(run: string, value: T): () => boolean;
  /** What is next, which stays. */
  first(): T | undefined;
  /** Takes what is next; its run comes after all others then. */
  shift(): T | undefined;
}

/** A run's turn: it stands in the rotation while something of its run waits. */
interface Turn<T> {
  readonly run: string;
  readonly values: LinkedList<T>;
}

/** An empty queue. */
export function createFairQueue<T>(): FairQueue<T> {
  const places = new Map<string, ListNode<Turn<T>>>();
  const rotation = createLinkedList<Turn<T>>();
  let size = 0;

  function enter(turn: Turn<T>): ListNode<Turn<T>> {
    const place = rotation.push(turn);
    places.set(turn.run, place);
    return place;
  }

  function leave(turn: Turn<T>, node: ListNode<T>): boolean {
    if (!turn.values.remove(node)) return false;
    size -= 1;
    const place = places.get(turn.run);
    if (turn.values.size === 0 && place !== undefined) {
      rotation.remove(place);
      places.delete(turn.run);
    }
    return true;
  }

  return {
    get size() {
      return size;
    },
    push(run, value) {
      const { value: turn } = places.get(run) ?? enter({ run, values: createLinkedList() });
      const node = turn.values.push(value);
      size += 1;
      return () => leave(turn, node);
    },
    first: () => rotation.first()?.value.values.first()?.value,
    shift() {
      const place = rotation.first();
      const node = place?.value.values.first();
      if (place === undefined || node === undefined) return undefined;
      leave(place.value, node);
      if (rotation.remove(place)) enter(place.value);
      return node.value;
    },
  };
}
