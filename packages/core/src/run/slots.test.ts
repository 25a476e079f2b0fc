import { expect, it } from "vitest";
import { GenblazeError } from "../errors/genblaze-error.js";
import { createAbortControl } from "./abort-source.js";
import { createSlots } from "./slots.js";

it("keeps to the concurrency limit, uses all of it, and knows when the next one must wait", async () => {
  const slots = createSlots(3);
  let running = 0;
  let most = 0;
  let queued = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  await Promise.all(
    Array.from({ length: 12 }, () => {
      if (slots.isFull()) queued += 1;
      return slots.use(work, createAbortControl());
    }),
  );
  expect(most).toBe(3);
  expect(queued).toBe(9);
});

it("lets go of those that wait for a place when their work is aborted, once each", async () => {
  const slots = createSlots(1);
  const abort = createAbortControl();
  let release: () => void = () => undefined;
  const hold = () =>
    new Promise<void>((resolve) => {
      release = resolve;
    });
  const holding = slots.use(hold, createAbortControl());
  let calls = 0;
  const waiting = slots.use(async () => ++calls, abort);
  await new Promise((resolve) => setImmediate(resolve));
  expect(calls).toBe(0);
  abort.abort(new GenblazeError("CANCELLED", "enough"));
  expect(await waiting).toBe(1);
  release();
  await holding;
  expect(await slots.use(async () => ++calls, createAbortControl())).toBe(2);
});
