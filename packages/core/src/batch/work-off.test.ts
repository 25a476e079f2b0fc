import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Pipeline } from "../pipeline/pipeline.js";
import { from } from "../pipeline/reference.js";
import type { Provider } from "../provider/provider.js";
import { batch } from "./batch.js";
import { type WorkOptions, workOff } from "./work-off.js";

const never: Pick<WorkOptions<unknown, unknown>, "shouldStop" | "onStop" | "onLeave"> = {
  shouldStop: () => false,
  onStop: () => () => undefined,
  onLeave: () => undefined,
};

const idle = () => new Promise((resolve) => setImmediate(resolve));

/** The collector, which a process shows only when asked for. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
}

/** Says how many items were taken from it. */
function counting(most: number) {
  const source = {
    taken: 0,
    async *items() {
      for (let index = 0; index < most; index++) {
        source.taken += 1;
        yield index;
      }
    },
  };
  return source;
}

describe("workOff", () => {
  it("takes items only while there is room in flight and among the unread", async () => {
    const source = counting(1_000);
    let inFlight = 0;
    let most = 0;
    const results = workOff(source.items(), {
      ...never,
      concurrency: 3,
      async work(item) {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await idle();
        inFlight -= 1;
        return item;
      },
    });
    const seen = [(await results.next()).value];
    // A slow reader: however long it takes, no more than twice the concurrency is ahead of it.
    for (let turn = 0; turn < 50; turn++) await idle();
    expect(source.taken).toBe(7);
    for await (const result of results) {
      seen.push(result);
      expect(source.taken).toBeLessThanOrEqual(seen.length + 6);
    }
    expect(most).toBe(3);
    expect(seen.length).toBe(1_000);
  });

  it("takes from a plain list too, one item after the other", async () => {
    const seen: number[] = [];
    for await (const result of workOff([1, 2, 3], { ...never, concurrency: 1, work: async (item) => item * 2 })) {
      seen.push(result);
    }
    expect(seen).toEqual([2, 4, 6]);
  });

  it("throws what a work threw after the others have ended and were read", async () => {
    const seen: number[] = [];
    const reading = (async () => {
      const work = async (item: number) => {
        if (item === 1) throw new Error("broken");
        await idle();
        return item;
      };
      for await (const result of workOff([0, 1, 2, 3, 4, 5], { ...never, concurrency: 3, work })) seen.push(result);
    })();
    await expect(reading).rejects.toThrow("broken");
    // Item 2 had been begun by then.
    expect(seen).toEqual([0, 2]);
  });

  it("ends a batch of 20,000 items without holding on to their results, and takes items only when needed", async () => {
    const concurrency = 8;
    const source = counting(20_000);
    const bytes = new Uint8Array([1]);
    // A provider without memory of its calls.
    const provider: Provider<"image"> = {
      name: "painter",
      yields: "image",
      accepts: [],
      models: {},
      prepare: () => ({ body: undefined }),
      submit: async () => ({ status: "done", output: { assets: [{ mediaType: "image/png", bytes }] } }),
    };
    const pipeline = new Pipeline("poster", { input: z.number() }).step(provider, {
      model: "m",
      prompt: from("input", (row) => `row ${row}`),
    });
    const references: WeakRef<object>[] = [];
    let read = 0;
    for await (const { result, status, index } of batch(pipeline, source.items(), { concurrency })) {
      read += 1;
      if (status !== "completed" || result === undefined) throw new Error(`item ${index} is ${status}`);
      if (index % 100 === 0) {
        references.push(new WeakRef(result));
        // What a weak reference was made of is held until the next turn of the event loop.
        await idle();
      }
      if (source.taken > read + 2 * concurrency) throw new Error(`${source.taken} were taken when ${read} were read`);
    }
    expect(read).toBe(20_000);
    collectGarbage();
    await idle();
    collectGarbage();
    const alive = references.filter((reference) => reference.deref() !== undefined).length;
    expect(alive).toBeLessThanOrEqual(1);
  });
});
