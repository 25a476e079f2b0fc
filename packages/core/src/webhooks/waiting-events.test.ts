import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWaitingEvents } from "./waiting-events.js";
import type { EventWeight } from "./webhook-event-types.js";

describe("waiting events", () => {
  it("are taken in their order, one of each run at a time, the runs by turns", () => {
    const waiting = createWaitingEvents<string>(10);
    for (const value of ["a1", "a2", "b1", "b2"]) waiting.add(value.slice(0, 1), "step", value);
    expect([waiting.take()?.value, waiting.take()?.value, waiting.take()]).toEqual(["a1", "b1", undefined]);
    waiting.release("b");
    expect(waiting.take()?.value).toBe("b2");
    waiting.release("a");
    expect(waiting.take()?.value).toBe("a2");
    expect([waiting.has("a"), waiting.has("b"), waiting.size]).toEqual([true, true, 0]);
    waiting.release("a");
    waiting.release("b");
    expect([waiting.has("a"), waiting.has("b")]).toEqual([false, false]);
  });

  it("let go of the oldest progress first, then the oldest step, and of ends of runs last", () => {
    const waiting = createWaitingEvents<string>(3);
    waiting.add("a", "step", "step 1");
    waiting.add("a", "progress", "progress 1");
    waiting.add("a", "progress", "progress 2");
    expect(waiting.add("a", "step", "step 2")).toEqual(["progress 1"]);
    expect(waiting.add("a", "end", "end")).toEqual(["progress 2"]);
    expect(waiting.add("b", "progress", "progress 3")).toEqual(["progress 3"]);
    expect(waiting.add("b", "end", "end of b")).toEqual(["step 1"]);
    expect(waiting.add("c", "end", "end of c")).toEqual(["step 2"]);
    expect(waiting.add("d", "end", "end of d")).toEqual(["end"]);
    expect([waiting.has("a"), waiting.size]).toEqual([false, 3]);
    expect(waiting.clear()).toEqual(["end of b", "end of c", "end of d"]);
    expect([waiting.size, waiting.take()]).toEqual([0, undefined]);
  });

  it("never wait in greater numbers than they may, keep the order of each run, and lose nothing silently", () => {
    const weights: readonly EventWeight[] = ["progress", "step", "end"];
    const acts = fc.array(
      fc.tuple(fc.constantFrom("add", "take", "release"), fc.constantFrom("a", "b", "c"), fc.nat(2)),
    );
    const property = fc.property(acts, fc.integer({ min: 1, max: 5 }), (list, most) => {
      const waiting = createWaitingEvents<{ readonly runId: string; readonly index: number }>(most);
      const ends = { added: 0, gone: 0, taken: 0 };
      const lastOf = new Map<string, number>();
      const busy = new Set<string>();
      for (const [index, [act, runId, weight]] of list.entries()) {
        if (act === "add") {
          ends.added += 1;
          ends.gone += waiting.add(runId, weights[weight] ?? "step", { runId, index }).length;
        } else if (act === "release") {
          waiting.release(runId);
          busy.delete(runId);
        } else {
          const next = waiting.take();
          if (next === undefined) continue;
          ends.taken += 1;
          expect(busy.has(next.runId)).toBe(false);
          expect(next.value.index).toBeGreaterThan(lastOf.get(next.runId) ?? -1);
          busy.add(next.runId);
          lastOf.set(next.runId, next.value.index);
        }
        expect(waiting.size).toBeLessThanOrEqual(most);
        expect(waiting.size).toBe(ends.added - ends.gone - ends.taken);
      }
    });
    fc.assert(property, { numRuns: 500 });
  });
});
