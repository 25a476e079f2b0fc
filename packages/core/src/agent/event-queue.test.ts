import { expect, it } from "vitest";
import { createEventQueue } from "./event-queue.js";

it("lets go of the oldest events that pass, keeps all others, and moves no reader", async () => {
  const queue = createEventQueue<number>((event) => event % 2 === 1);
  const reader = queue[Symbol.asyncIterator]();
  queue.add(0);
  queue.add(1);
  expect([(await reader.next()).value, (await reader.next()).value]).toEqual([0, 1]);
  for (let event = 2; event < 40_000; event++) queue.add(event);
  queue.close();
  const events: number[] = [];
  for await (const event of queue) events.push(event);
  expect(events.filter((event) => event % 2 === 0)).toHaveLength(20_000);
  const passing = events.filter((event) => event % 2 === 1);
  expect(passing.length).toBeLessThanOrEqual(11_000);
  expect(passing.slice(-10_000)).toEqual(Array.from({ length: 10_000 }, (_, index) => 20_001 + 2 * index));
  expect((await reader.next()).value).toBe(2);
});
