import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../test/support.js";
import type { Clock } from "../provider/clock.js";
import { shareTimers } from "./shared-timers.js";
import { systemClock } from "./system-clock.js";

function setUp() {
  const clock = createFakeClock(0);
  const rung: string[] = [];
  const shared = shareTimers(clock);
  const at = (name: string, delayMs: number) => shared.schedule(() => rung.push(`${name} ${clock.now()}`), delayMs);
  return { clock, shared, rung, at };
}

/** Whoever made an alarm may keep what takes it back for long. */
const takeBacks: (() => void)[] = [];

async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  // What a weak reference was asked for lives on until the turn is over.
  await new Promise((resolve) => setImmediate(resolve));
  runInNewContext("gc")();
}

describe("shared timers", () => {
  it("tell the time of their clock", async () => {
    const { clock, shared } = setUp();
    await clock.advance(5);
    expect(shared.now()).toBe(5);
  });

  it("keep ten thousand alarms behind one timer, and none when all are taken back", () => {
    const { clock, shared } = setUp();
    const takeBacks = Array.from({ length: 10_000 }, (_, index) => {
      const takeBack = shared.schedule(() => undefined, 10_000 - index);
      expect(clock.pending).toBe(1);
      return takeBack;
    });
    for (const takeBack of takeBacks) takeBack();
    expect(clock.pending).toBe(0);
  });

  it("ring in order of time, and at one time in order of adding", async () => {
    const { clock, rung, at } = setUp();
    at("c", 20);
    at("a", 10);
    at("b", 10);
    at("now", 0);
    at("before", -5);
    await clock.advance(20);
    expect(rung).toEqual(["now 0", "before 0", "a 10", "b 10", "c 20"]);
    expect(clock.pending).toBe(0);
  });

  it("do not ring what was taken back, also while others ring, and take nothing back twice", async () => {
    const { clock, rung, shared, at } = setUp();
    const takeBack = at("never", 10);
    shared.schedule(() => takeBackLater(), 10);
    const takeBackLater = at("nor this", 10);
    takeBack();
    takeBack();
    at("this", 10);
    await clock.advance(10);
    takeBackLater();
    expect(rung).toEqual(["this 10"]);
  });

  it("ring again what rings itself, each time in a turn of its own", async () => {
    const { clock, shared } = setUp();
    let rung = 0;
    const again = () => {
      rung += 1;
      if (rung < 5) shared.schedule(again, 0);
    };
    shared.schedule(again, 0);
    for (let turn = 1; turn <= 5; turn++) {
      expect(await clock.advanceToNext()).toBe(true);
      expect(rung).toBe(turn);
    }
    expect(clock.pending).toBe(0);
  });

  it("let go of callbacks at once when they were taken back or rang", async () => {
    const { clock, shared } = setUp();
    shared.schedule(() => undefined, 1_000);
    const references = Array.from({ length: 10 }, (_, index) => {
      const held = { bytes: new Uint8Array(1_000) };
      const takeBack = shared.schedule(() => held.bytes.fill(1), 500 + index);
      if (index % 2 === 0) takeBack();
      takeBacks.push(takeBack);
      return new WeakRef(held);
    });
    const left = () => references.filter((each) => each.deref() !== undefined).length;
    await collectGarbage();
    expect([left(), clock.pending]).toEqual([5, 1]);
    await clock.advance(600);
    await collectGarbage();
    expect([left(), clock.pending, takeBacks.length]).toEqual([0, 1, 10]);
  });

  it("keep delays that are longer than a timer can be", async () => {
    const delays: number[] = [];
    const clock = createFakeClock(0);
    const shared = shareTimers({
      now: clock.now,
      schedule(callback, delayMs) {
        delays.push(delayMs);
        return clock.schedule(callback, delayMs);
      },
    });
    const rungAt: number[] = [];
    shared.schedule(() => rungAt.push(clock.now()), 5_000_000_000);
    shared.schedule(() => rungAt.push(-1), Number.POSITIVE_INFINITY);
    await clock.advance(5_000_000_000);
    expect(rungAt).toEqual([5_000_000_000]);
    expect(Math.max(...delays)).toBe(2_147_483_647);
  });

  it("ring the others when one throws, and throw what it threw out of the timer", async () => {
    const { clock, rung, shared, at } = setUp();
    at("a", 10);
    shared.schedule(() => {
      throw new Error("mine");
    }, 10);
    at("b", 10);
    at("c", 20);
    await expect(clock.advance(20)).rejects.toThrow("mine");
    await clock.advance(20);
    expect(rung).toEqual(["a 10", "b 10", "c 20"]);
  });

  it("ring a hundred at a time when more are due, so that others get their turn", async () => {
    const { clock, shared } = setUp();
    let rung = 0;
    for (let index = 0; index < 1_050; index++) shared.schedule(() => rung++, 10);
    const counts: number[] = [];
    while (await clock.advanceToNext()) counts.push(rung);
    expect(counts).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000, 1_050]);
    expect(clock.now()).toBe(10);
  });

  it("ring fewer at a time when they take long", async () => {
    const clock = createFakeClock(0);
    let busyMs = 0;
    const shared = shareTimers(clock, { elapsedMs: () => clock.now() + busyMs });
    let rung = 0;
    for (let index = 0; index < 4; index++) {
      shared.schedule(() => {
        rung += 1;
        busyMs += 3;
      }, 0);
    }
    const counts: number[] = [];
    while (await clock.advanceToNext()) counts.push(rung);
    expect(counts).toEqual([2, 4]);
  });

  it("keep the time of alarms when the clock is set", async () => {
    const timer = createFakeClock(0);
    let setByMs = 0;
    const clock: Clock = { now: () => timer.now() + setByMs, schedule: timer.schedule };
    const shared = shareTimers(clock, { elapsedMs: timer.now });
    const rungAt: number[] = [];
    for (const delayMs of [100, 200]) shared.schedule(() => rungAt.push(timer.now()), delayMs);
    setByMs = -3_600_000;
    await timer.advance(100);
    setByMs = 3_600_000;
    await timer.advance(50);
    expect(rungAt).toEqual([100]);
    await timer.advance(50);
    expect(rungAt).toEqual([100, 200]);
  });

  it("wait on when the timer rings before its time", () => {
    let now = 0;
    const timers: { callback: () => void; delayMs: number }[] = [];
    const shared = shareTimers({
      now: () => now,
      schedule(callback, delayMs) {
        timers.push({ callback, delayMs });
        return () => undefined;
      },
    });
    let isRung = false;
    shared.schedule(() => {
      isRung = true;
    }, 10);
    now = 9.5;
    timers[0]?.callback();
    expect([isRung, timers.map(({ delayMs }) => delayMs)]).toEqual([false, [10, 1]]);
    now = 10;
    timers[1]?.callback();
    expect(isRung).toBe(true);
  });
});

const alarm = fc.record({
  atMs: fc.integer({ min: 0, max: 50 }),
  delayMs: fc.integer({ min: 0, max: 50 }),
  takenBackAtMs: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
  /** What it schedules when it rings. */
  thenMs: fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined }),
});

describe("shared timers beside one timer each", () => {
  it("ring the same alarms at the same times in the same order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(alarm, { maxLength: 60, size: "max" }), async (plans) => {
        expect(await ringOf(plans, (clock) => shareTimers(clock))).toEqual(await ringOf(plans, (clock) => clock));
      }),
      { numRuns: 60 },
    );
  });
});

type Plan = typeof alarm extends fc.Arbitrary<infer T> ? T : never;

/** What rings when, once the plans were all carried out; the plans themselves are timed by another clock. */
async function ringOf(plans: readonly Plan[], share: (clock: Clock) => Clock): Promise<readonly string[]> {
  const clock = createFakeClock(0);
  const shared = share(clock);
  const rung: string[] = [];
  const takeBacks: [number, () => void][] = [];
  for (let now = 0; now <= 130; now++) {
    for (const [dueMs, takeBack] of takeBacks) if (dueMs === now) takeBack();
    for (const [index, { atMs, delayMs, takenBackAtMs, thenMs }] of plans.entries()) {
      if (atMs !== now) continue;
      const takeBack = shared.schedule(() => {
        rung.push(`${index} at ${clock.now()}`);
        if (thenMs !== undefined) shared.schedule(() => rung.push(`${index} again at ${clock.now()}`), thenMs);
      }, delayMs);
      if (takenBackAtMs !== undefined) takeBacks.push([takenBackAtMs, takeBack]);
    }
    await clock.advance(1);
  }
  expect(clock.pending).toBe(0);
  return rung;
}

describe("shared timers on real time", () => {
  const countTimers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

  it("use one timer of the process for ten thousand alarms, and none without an alarm", () => {
    const shared = shareTimers(systemClock, { elapsedMs: () => performance.now() });
    const before = countTimers();
    const takeBacks = Array.from({ length: 10_000 }, (_, index) => shared.schedule(() => undefined, 60_000 - index));
    expect(countTimers()).toBe(before + 1);
    for (const takeBack of takeBacks) takeBack();
    expect(countTimers()).toBe(before);
  });

  it("let others work while ten thousand alarms ring, and ring none too early", async () => {
    const shared = shareTimers(systemClock, { elapsedMs: () => performance.now() });
    let turns = 0;
    const count = () => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    // So much that a hundred of them take longer than the shortest timer.
    const work = <T>(value: T) => {
      for (const untilMs = performance.now() + 0.02; performance.now() < untilMs; );
      return value;
    };
    const waits = Array.from({ length: 10_000 }, () => {
      const begunMs = performance.now();
      return new Promise<{ turn: number; waitedMs: number }>((resolve) => {
        shared.schedule(() => resolve({ turn: turns, waitedMs: performance.now() - begunMs }), 30);
      }).then(work);
    });
    const rung = await Promise.all(waits);
    clearImmediate(next);
    const perTurn = new Map<number, number>();
    for (const { turn } of rung) perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1);
    expect(perTurn.size).toBeGreaterThanOrEqual(50);
    expect(Math.min(...rung.map(({ waitedMs }) => waitedMs))).toBeGreaterThanOrEqual(30);
  });
});
