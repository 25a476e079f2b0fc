import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFairQueue } from "./fair-queue.js";

const drain = <T>(queue: ReturnType<typeof createFairQueue<T>>) => {
  const taken: T[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) taken.push(next);
  return taken;
};

describe("a fair queue", () => {
  it("serves the runs in turn and each run's own in their order", () => {
    const queue = createFairQueue<string>();
    for (const value of ["a1", "a2", "a3", "a4"]) queue.push("a", value);
    for (const value of ["b1", "b2"]) queue.push("b", value);
    queue.push("c", "c1");
    expect([queue.size, queue.first()]).toEqual([7, "a1"]);
    expect(drain(queue)).toEqual(["a1", "b1", "c1", "a2", "b2", "a3", "a4"]);
    expect([queue.size, queue.first(), queue.shift()]).toEqual([0, undefined, undefined]);
  });

  it("forgets what was taken out, and its run when nothing of it is left", () => {
    const queue = createFairQueue<string>();
    const takeBack = queue.push("a", "a1");
    queue.push("b", "b1");
    const alsoBack = queue.push("b", "b2");
    expect([takeBack(), takeBack(), alsoBack()]).toEqual([true, false, true]);
    queue.push("a", "a2");
    expect(drain(queue)).toEqual(["b1", "a2"]);
    expect(takeBack()).toBe(false);
  });

  it("gives back what was put in and not taken out, each run's in order, as a plain list would", () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant("push"), run: fc.integer({ min: 0, max: 4 }) }),
        fc.record({ kind: fc.constant("shift"), run: fc.constant(0) }),
        fc.record({ kind: fc.constant("leave"), run: fc.nat(40) }),
      ),
    );
    fc.assert(
      fc.property(steps, (given) => {
        const queue = createFairQueue<number>();
        const model: { readonly run: string; readonly value: number; readonly takeBack: () => boolean }[] = [];
        for (const [value, { kind, run }] of given.entries()) {
          if (kind === "push") model.push({ run: `${run}`, value, takeBack: queue.push(`${run}`, value) });
          if (kind === "leave" && model.length > 0)
            expect(model.splice(run % model.length, 1)[0]?.takeBack()).toBe(true);
          if (kind === "shift") {
            const taken = queue.shift();
            const index = model.findIndex((entry) => entry.value === taken);
            const [entry] = index < 0 ? [] : model.splice(index, 1);
            expect(entry?.value).toBe(taken);
            expect(model.slice(0, Math.max(index, 0)).some((earlier) => earlier.run === entry?.run)).toBe(false);
          }
          expect(queue.size).toBe(model.length);
        }
        expect(drain(queue).sort((left, right) => left - right)).toEqual(model.map(({ value }) => value));
      }),
    );
  });
});
