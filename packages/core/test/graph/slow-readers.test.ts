import { describe, expect, it } from "vitest";
import { createRuntime, Pipeline, type RunEvent } from "../../src/index.js";
import type { Provider } from "../../src/provider/provider.js";
import { collect } from "../run-support.js";
import { createFakeClock, scriptedAsset } from "../support.js";
import { rejection } from "../thrown.js";
import { worker } from "./graph-support.js";

/** Lets everything happen that can happen without time passing. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A chain of steps that answer at once. */
function chain(length: number) {
  const give = () => ({ assets: [scriptedAsset("image/png", "x")] });
  const provider = worker({ name: "w", yields: "image", give });
  const steps = Array.from({ length }, (_, index) => ({
    provider,
    name: `s${index}`,
    model: "m",
    after: index === 0 ? [] : [`s${index - 1}`],
  }));
  return { provider, pipeline: Pipeline.from({ name: "chain", steps }) };
}

/** A job that tells of its progress at every look, `looks` times. */
function talkative(looks: number): Provider<"image"> {
  let seen = 0;
  return {
    name: "talkative",
    yields: "image",
    accepts: [],
    models: {},
    prepare: () => ({ body: undefined }),
    submit: async () => ({ status: "pending", operation: 1, retryAfterMs: 1_000 }),
    async poll() {
      seen += 1;
      if (seen > looks) return { status: "done", output: { assets: [scriptedAsset("image/png", "x")] } };
      return { status: "pending", operation: 1, retryAfterMs: 1_000, progress: { fraction: seen / (looks + 1) } };
    },
  };
}

describe("a reader that leaves out old progress", () => {
  it("gets every event with a number, and of the others the last ones only", async () => {
    const clock = createFakeClock();
    const size = 10;
    const run = new Pipeline("p").step(talkative(50), { name: "s", model: "m" }).start({
      runtime: createRuntime({ clock }),
    });
    const reader = run.stream({ buffer: { size } });
    const seen = [(await reader.next()).value as RunEvent];
    while (await clock.advanceToNext());
    await run.result;
    for await (const event of reader) seen.push(event);
    const all = await collect(run.events);
    expect(all.filter(({ isTransient }) => isTransient).length).toBeGreaterThanOrEqual(50);
    const kept = all.filter(({ isTransient }, place) => isTransient !== true || place >= all.length - size);
    expect(seen).toEqual(kept);
  });
});

describe("a run that waits for a reader", () => {
  it("ends when it is cancelled, though the reader never reads on", async () => {
    const { provider, pipeline } = chain(100);
    const run = pipeline.start({ throwOnFailure: false });
    const reader = run.stream({ buffer: { size: 5, overflow: "wait" } });
    await reader.next();
    await settle();
    const asked = provider.asked.length;
    expect(asked).toBeLessThan(5);
    run.cancel();
    const result = await run.result;
    expect([result.status, provider.asked.length]).toEqual(["cancelled", asked]);
    // What it had not read is there all the same.
    expect((await collect({ [Symbol.asyncIterator]: () => reader })).at(-1)?.type).toBe("pipeline.failed");
  });

  it("ends at its time limit, though the reader never reads on", async () => {
    const clock = createFakeClock();
    const { pipeline } = chain(100);
    const runtime = createRuntime({ clock });
    const run = pipeline.start({ throwOnFailure: false, timeoutMs: 1_000, runtime });
    const reader = run.stream({ buffer: { size: 5, overflow: "wait" } });
    await reader.next();
    await settle();
    await clock.advance(1_000);
    expect((await run.result).error?.code).toBe("TIMED_OUT");
    await reader.return?.();
  });

  it("gives a reader with a buffer of one every event, in order, and goes on as it reads", async () => {
    const { pipeline } = chain(20);
    const run = pipeline.start();
    const seen: RunEvent[] = [];
    for await (const event of run.stream({ buffer: { size: 1, overflow: "wait" } })) {
      await settle();
      seen.push(event);
    }
    expect(seen).toEqual(await collect(run.events));
    expect((await run.result).status).toBe("completed");
  });

  it("waits for the slowest of several, and not for one that was only made", async () => {
    const { pipeline } = chain(20);
    const run = pipeline.start();
    run.stream({ buffer: { size: 1, overflow: "wait" } });
    const [fast, slow] = [run.stream({ buffer: { size: 2, overflow: "wait" } }), run.stream()];
    const [all, some] = await Promise.all([collect(fast), collect(slow)]);
    expect(all).toEqual(some);
    expect((await run.result).status).toBe("completed");
  });
});

describe("pipeline.stream with a number to go on from", () => {
  it("refuses what is no number of an event, before anything is begun", async () => {
    const { provider, pipeline } = chain(1);
    for (const after of [-2, 0.5, Number.NaN, "3"]) {
      const wrong = { after } as { readonly after: number };
      expect(() => pipeline.stream({}, wrong)).toThrow('option "after"');
    }
    const unknown: object = { from: 3 };
    expect(() => pipeline.stream({}, unknown)).toThrow('"from"');
    expect(() => pipeline.stream({}, { buffer: { size: 10_001 } })).toThrow('option "buffer.size"');
    expect(provider.asked).toEqual([]);
  });

  it("gives nothing for a number that the run never comes to, and the end of the run", async () => {
    const { pipeline } = chain(2);
    expect(await collect(pipeline.stream({}, { after: 1_000 }))).toEqual([]);
  });

  it("cancels the run when its reader leaves, and does not when the reader was too slow", async () => {
    const { pipeline } = chain(100);
    let status: string | undefined;
    const onEvent = (event: RunEvent) => {
      if (event.type === "pipeline.completed" || event.type === "pipeline.failed") status = event.status;
    };
    for await (const _ of pipeline.stream({ onEvent })) break;
    await settle();
    expect(status).toBe("cancelled");
    const slow = pipeline.stream({ onEvent }, { buffer: { size: 150, overflow: "fail" } })[Symbol.asyncIterator]();
    await slow.next();
    await settle();
    expect((await rejection(slow.next())).code).toBe("READER_TOO_SLOW");
    await settle();
    expect(status).toBe("completed");
  });
});
