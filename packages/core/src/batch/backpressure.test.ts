import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createFakeClock } from "../../test/support.js";
import { messageOf } from "../../test/thrown.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { from } from "../pipeline/reference.js";
import type { Provider } from "../provider/provider.js";
import { createRuntime } from "../run/runtime.js";
import { batch } from "./batch.js";
import { workOff } from "./work-off.js";

const INPUTS = 100_000;

/** Lets everything happen that can happen without time passing. */
async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A hundred thousand inputs, made as they are asked for. */
function producer() {
  const source = {
    pulled: 0,
    isClosed: false,
    async *items() {
      try {
        while (source.pulled < INPUTS) yield source.pulled++;
      } finally {
        source.isClosed = true;
      }
    },
  };
  return source;
}

/** A provider that has no memory of its calls, and says how many runs were at it. */
function painter(takesMs = 0) {
  const counts = { asked: 0, atOnce: 0, most: 0 };
  const bytes = new Uint8Array([1]);
  const output = { assets: [{ mediaType: "image/png", bytes }] };
  const provider: Provider<"image"> = {
    name: "painter",
    yields: "image",
    accepts: [],
    models: {},
    prepare: () => ({ body: undefined }),
    async submit() {
      counts.asked += 1;
      counts.atOnce += 1;
      counts.most = Math.max(counts.most, counts.atOnce);
      if (takesMs > 0) return { status: "pending", operation: 1, retryAfterMs: takesMs };
      counts.atOnce -= 1;
      return { status: "done", output };
    },
    async poll() {
      counts.atOnce -= 1;
      return { status: "done", output };
    },
  };
  const pipeline = new Pipeline("poster", { input: z.number() }) //
    .step(provider, { model: "m", prompt: from("input", (row) => `row ${row}`) });
  return { counts, pipeline };
}

describe("a batch that is read slowly", () => {
  it.each([
    { concurrency: 4, maxUnread: undefined, ahead: 8 },
    { concurrency: 4, maxUnread: 0, ahead: 4 },
    { concurrency: 3, maxUnread: 20, ahead: 23 },
  ])(
    "pulls at most $ahead of 100,000 inputs ahead with concurrency $concurrency and maxUnread $maxUnread",
    async ({ ahead, ...options }) => {
      const source = producer();
      const { counts, pipeline } = painter();
      let read = 0;
      for await (const { status } of batch(pipeline, source.items(), options)) {
        expect(status).toBe("completed");
        read += 1;
        await settle();
        expect(source.pulled).toBe(read + ahead);
        expect(counts.asked).toBe(source.pulled);
        if (read === 50) break;
      }
      expect(source.isClosed).toBe(true);
      expect(source.pulled).toBe(50 + ahead);
    },
  );

  it("has its inputs pulled no further ahead to the last of them, by a reader as fast as it can be", async () => {
    const source = producer();
    const stops = { shouldStop: () => false, onStop: () => () => undefined, onLeave: () => undefined };
    let read = 0;
    let furthest = 0;
    // The work of runs is left out: a hundred thousand of them take most of a minute.
    const work = async (item: number) => item;
    for await (const _ of workOff(source.items(), { ...stops, concurrency: 16, maxUnread: 5, work })) {
      read += 1;
      furthest = Math.max(furthest, source.pulled - read);
    }
    expect(read).toBe(INPUTS);
    expect(furthest).toBeLessThanOrEqual(21);
  });
});

describe("a batch whose runs are held back by the limit of their account", () => {
  it("begins no more runs than its concurrency, and pulls no more inputs", async () => {
    const clock = createFakeClock();
    const source = producer();
    const { counts, pipeline } = painter(1_000);
    const runtime = createRuntime({ clock, random: () => 0, limits: { painter: { concurrency: 2 } } });
    const results = batch(pipeline, source.items(), { concurrency: 8, runtime })[Symbol.asyncIterator]();
    const first = results.next();
    await settle();
    expect([source.pulled, counts.asked, counts.most]).toEqual([8, 2, 2]);
    await clock.advance(1_000);
    await settle();
    // Two have ended, of which one was read, and two others are at the provider.
    expect([source.pulled, counts.asked, counts.most]).toEqual([10, 4, 2]);
    await first;
    const leaving = results.return?.();
    while (await clock.advanceToNext());
    await leaving;
    expect(source.isClosed).toBe(true);
  });
});

describe("the option maxUnread", () => {
  it("is a whole number from 0 to 10,000", () => {
    for (const maxUnread of [-1, 0.5, 10_001, "3"]) {
      const wrong: object = { maxUnread };
      expect(messageOf(() => batch(painter().pipeline, [1], wrong))).toContain('option "maxUnread"');
    }
  });
});
