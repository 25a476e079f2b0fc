import { describe, expect, it } from "vitest";
import { createRuntime, Pipeline } from "../../src/index.js";
import type { Provider, StepRequest } from "../../src/provider/provider.js";
import { plainOutput } from "../graph/graph-support.js";
import { createFakeClock } from "../support.js";
import { type SlotUse, slotShares } from "./slot-shares.js";

const SLOTS = 50;
const RUNS = 20;
const JOB_MS = 1_000;

/** A provider that remembers which run had a job of it, and when. */
function remembering(clock: ReturnType<typeof createFakeClock>) {
  const begun: { readonly run: string; readonly beganAt: number }[] = [];
  const uses: SlotUse[] = [];
  const provider: Provider<"image", never, unknown, StepRequest> = {
    name: "vendor",
    yields: "image",
    accepts: [],
    models: {},
    prepare: (request) => ({ body: request }),
    async submit(_, { idempotencyKey }) {
      const run = idempotencyKey.split("/", 1).join("");
      const operation = begun.push({ run, beganAt: clock.now() }) - 1;
      return { status: "pending", operation, retryAfterMs: JOB_MS };
    },
    async poll(operation) {
      const job = begun[Number(operation)];
      if (job !== undefined) uses.push({ ...job, endedAt: clock.now() });
      return {
        status: "done",
        output: plainOutput("image", "vendor", { model: "m", prompt: `${operation}` } as StepRequest),
      };
    },
  };
  return { provider, uses };
}

describe("twenty runs of different sizes that share the slots of an account", () => {
  it("have equal shares while they have work, whoever came first or has more, and never more than there are", async () => {
    const clock = createFakeClock();
    const { provider, uses } = remembering(clock);
    const runtime = createRuntime({ clock, limits: { vendor: { concurrency: SLOTS } } });
    const begin = (runId: string, size: number) => {
      const steps = Array.from({ length: size }, (_, index) => ({ provider, model: "m", prompt: `${index}` }));
      return Pipeline.from({ name: "load", steps }, { runtime }).start({ runId }).result;
    };
    // What is free is taken by who comes first, so all slots are taken before the others come.
    const first = begin("first", SLOTS);
    await clock.advance(0);
    const others = Array.from({ length: RUNS }, (_, index) => begin(`run-${index}`, 20 + 10 * index));
    const all = Promise.all([first, ...others]);
    while (await clock.advanceToNext());
    expect((await all).map(({ status }) => status)).toEqual(Array.from({ length: RUNS + 1 }, () => "completed"));
    const { most, shares } = slotShares(uses.filter(({ run }) => run !== "first"));
    expect([most, slotShares(uses).most]).toEqual([SLOTS, SLOTS]);
    for (const [run, share] of shares) expect([run, Math.abs(share - 1) <= 0.2]).toEqual([run, true]);
    expect(shares.size).toBe(RUNS);
    expect(clock.pending).toBe(0);
  });
});
