import { expect, it } from "vitest";
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
      return slots.use(work);
    }),
  );
  expect(most).toBe(3);
  expect(queued).toBe(9);
});
