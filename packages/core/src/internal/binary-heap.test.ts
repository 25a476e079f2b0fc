import fc from "fast-check";
import { expect, it } from "vitest";
import { createBinaryHeap } from "./binary-heap.js";

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("add"), value: fc.integer({ min: 0, max: 20 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("take"), value: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("keep"), value: fc.integer({ min: 1, max: 3 }) }) },
);

it("always has the first item at hand, like a list that is sorted each time", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
      const heap = createBinaryHeap<number>((left, right) => left < right);
      let list: number[] = [];
      for (const { kind, value } of steps) {
        if (kind === "add") {
          heap.add(value);
          list = [...list, value].sort((left, right) => left - right);
        } else if (kind === "take") expect(heap.take()).toBe(list.shift());
        else {
          heap.keep((item) => item % value === 0);
          list = list.filter((item) => item % value === 0);
        }
        expect([heap.first(), heap.size]).toEqual([list[0], list.length]);
      }
      while (heap.size > 0) expect(heap.take()).toBe(list.shift());
      expect(heap.take()).toBeUndefined();
    }),
  );
});
