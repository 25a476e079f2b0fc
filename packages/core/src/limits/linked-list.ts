/** A list that is added to at its end and taken from anywhere, each in the same short time however long it is. */
export interface LinkedList<T> {
  readonly size: number;
  /** Adds at the end. */
  push(value: T): ListNode<T>;
  /** Takes out; false when it was taken out already. */
  remove(node: ListNode<T>): boolean;
  first(): ListNode<T> | undefined;
}

/** A value's place in a {@link LinkedList}. */
export interface ListNode<T> {
  readonly value: T;
  /** The list's own. */
  links: { previous: ListNode<T> | undefined; next: ListNode<T> | undefined } | undefined;
}

/** An empty list. */
export function createLinkedList<T>(): LinkedList<T> {
  let first: ListNode<T> | undefined;
  let last: ListNode<T> | undefined;
  let size = 0;
  return {
    get size() {
      return size;
    },
    push(value) {
      const node: ListNode<T> = { value, links: { previous: last, next: undefined } };
      if (last?.links === undefined) first = node;
      else last.links.next = node;
      last = node;
      size += 1;
      return node;
    },
    remove(node) {
      if (node.links === undefined) return false;
      const { previous, next } = node.links;
      node.links = undefined;
      if (previous?.links === undefined) first = next;
      else previous.links.next = next;
      if (next?.links === undefined) last = previous;
      else next.links.previous = previous;
      size -= 1;
      return true;
    },
    first: () => first,
  };
}
