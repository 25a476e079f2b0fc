import { expect, it } from "vitest";
import { createFakeClock, scriptedProvider } from "../../test/support.js";
import { Pipeline } from "../pipeline/pipeline.js";
import type { Logger } from "../provider/logger.js";
import { keepWarm } from "./keep-warm.js";
import { createRuntime } from "./runtime.js";

it("tags the first request to a model, and the first after a while, as a cold start", async () => {
  const clock = createFakeClock();
  const runtime = createRuntime({ clock, coldAfterMs: 1_000 });
  const image = scriptedProvider({ name: "image", yields: "image" });
  const pipeline = new Pipeline("p", { runtime }).step(image, { name: "frame", model: "m" });
  const colds: unknown[] = [];
  for (const waitMs of [0, 999, 1_000]) {
    await clock.advance(waitMs);
    const { facts, run } = await pipeline.run();
    colds.push([facts.steps[0]?.coldStart, run.steps[0]?.providerPayload.cold_start]);
  }
  expect(colds).toEqual([
    [true, true],
    [false, undefined],
    [true, true],
  ]);
});

it("asks at once and at intervals, goes on after a failure, and ends with its signal", async () => {
  const clock = createFakeClock();
  const warned: string[] = [];
  const logger: Logger = { debug() {}, info() {}, warn: (message) => warned.push(message) };
  const control = new AbortController();
  let pings = 0;
  const warm = keepWarm(createRuntime({ clock, logger }), {
    everyMs: 100,
    signal: control.signal,
    async ping() {
      pings += 1;
      if (pings === 2) throw new Error("down");
    },
  });
  await clock.advance(250);
  expect(pings).toBe(3);
  expect(warned).toEqual(["A ping failed."]);
  control.abort();
  await warm;
  await clock.advance(1_000);
  expect(pings).toBe(3);
});

it("refuses an interval of nothing", async () => {
  const { signal } = new AbortController();
  const refused = keepWarm(createRuntime(), { everyMs: 0, signal, ping: async () => 0 });
  await expect(refused).rejects.toMatchObject({ code: "INVALID_OPTION" });
});
