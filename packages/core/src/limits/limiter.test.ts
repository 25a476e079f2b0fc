import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../test/support.js";
import { codeOf, messageOf, rejection } from "../../test/thrown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { Permit } from "./gate.js";
import { createLimiter, type LimiterOptions } from "./limiter.js";

function setUp(options: Omit<LimiterOptions, "clock"> = {}) {
  const clock = createFakeClock();
  const limiter = createLimiter({ clock, ...options });
  const order: string[] = [];
  const permits: Permit[] = [];
  const ask = async (run: string, signal?: AbortSignal) => {
    const permit = await limiter.acquire({ run, signal });
    order.push(run);
    permits.push(permit);
    return permit;
  };
  return { clock, limiter, order, permits, ask, start: clock.now() };
}

describe("a limiter's places", () => {
  it("are given at once while there are some, and then as they are given back", async () => {
    const { clock, limiter, order, permits, ask } = setUp({ concurrency: 2 });
    const all = Promise.all([ask("a"), ask("b"), ask("c")]);
    await clock.advance(0);
    expect(order).toEqual(["a", "b"]);
    expect(limiter.state()).toEqual({ active: 2, waiting: 1, pausedUntilMs: undefined });
    permits[0]?.release();
    await all;
    expect(order).toEqual(["a", "b", "c"]);
    expect(limiter.state()).toEqual({ active: 2, waiting: 0, pausedUntilMs: undefined });
    expect(clock.pending).toBe(0);
  });

  it("are given back once, however often that is said", async () => {
    const { limiter, ask } = setUp({ concurrency: 1 });
    const permit = await ask("a");
    permit.release();
    permit.release();
    await ask("b");
    expect(limiter.state().active).toBe(1);
  });

  it("go to the runs in turn, whoever came first or has more", async () => {
    const { clock, order, permits, ask } = setUp({ concurrency: 1 });
    const all = Promise.all(["a", "a", "a", "a", "b", "b", "c"].map((run) => ask(run)));
    for (let served = 0; served < 7; served++) {
      await clock.advance(0);
      permits[served]?.release();
    }
    await all;
    expect(order).toEqual(["a", "a", "b", "c", "a", "b", "a"]);
  });

  it("are without end when there is no limit", async () => {
    const { clock, limiter, ask } = setUp();
    await Promise.all(Array.from({ length: 1_000 }, () => ask("a")));
    expect(limiter.state()).toEqual({ active: 1_000, waiting: 0, pausedUntilMs: undefined });
    expect(clock.pending).toBe(0);
  });
});

describe("a limiter's rate", () => {
  it("lets so many begin in each stretch of time, with one timer for all that wait", async () => {
    const { clock, order, ask, start } = setUp({ rate: { requests: 2, perMs: 1_000 } });
    const times: number[] = [];
    const all = Promise.all(
      Array.from({ length: 5 }, () => ask("a").then((permit) => [times.push(clock.now() - start), permit.release()])),
    );
    await clock.advance(999);
    expect([order.length, clock.pending]).toEqual([2, 1]);
    await clock.advance(1_001);
    await all;
    expect(times).toEqual([0, 0, 1_000, 1_000, 2_000]);
    expect(clock.pending).toBe(0);
  });

  it("is per second when it is given so", async () => {
    const { clock, order, ask } = setUp({ perSecond: 3 });
    const all = Promise.all(Array.from({ length: 4 }, () => ask("a")));
    await clock.advance(999);
    expect(order).toHaveLength(3);
    await clock.advance(1);
    await all;
    expect(order).toHaveLength(4);
  });
});

describe("a limiter's pause", () => {
  it("holds everybody, those who come later too, until it is over", async () => {
    const { clock, limiter, order, ask, start } = setUp({ concurrency: 9 });
    await ask("a");
    limiter.pause(5_000);
    limiter.pause(1_000);
    const all = Promise.all([ask("a"), ask("b")]);
    await clock.advance(4_999);
    expect(order).toEqual(["a"]);
    expect(limiter.state()).toEqual({ active: 1, waiting: 2, pausedUntilMs: start + 5_000 });
    await clock.advance(1);
    await all;
    expect(order).toEqual(["a", "a", "b"]);
    expect(limiter.state().pausedUntilMs).toBeUndefined();
  });

  it("that begins while some wait for the rate makes them wait longer", async () => {
    const { clock, limiter, order, ask } = setUp({ perSecond: 1 });
    const all = Promise.all([ask("a"), ask("a")]);
    limiter.pause(3_000);
    await clock.advance(2_999);
    expect([order.length, clock.pending]).toEqual([1, 1]);
    await clock.advance(1);
    await all;
    expect(order).toHaveLength(2);
  });

  it("is at most a day, and none for what is no time", async () => {
    const { limiter, start } = setUp();
    for (const ms of [-5, 0, Number.NaN]) limiter.pause(ms);
    expect(limiter.state().pausedUntilMs).toBeUndefined();
    limiter.pause(Number.POSITIVE_INFINITY);
    expect(limiter.state().pausedUntilMs).toBe(start + 86_400_000);
  });
});

describe("an abort of one that waits", () => {
  it("rejects at once with the signal's reason, and leaves no trace", async () => {
    const { clock, limiter, ask } = setUp({ perSecond: 1 });
    await ask("a");
    const control = new AbortController();
    const waiting = ask("b", control.signal).catch((reason: unknown) => reason);
    expect([limiter.state().waiting, clock.pending]).toEqual([1, 1]);
    control.abort("enough");
    expect(await waiting).toBe("enough");
    expect([limiter.state().waiting, clock.pending]).toEqual([0, 0]);
    await expect(ask("b", control.signal)).rejects.toBe("enough");
  });

  it("does not disturb the turns of the others", async () => {
    const { clock, order, permits, ask } = setUp({ concurrency: 1 });
    const control = new AbortController();
    const first = ask("a");
    const left = ask("b", control.signal).catch((reason: unknown) => reason);
    const others = Promise.all([ask("c"), ask("d")]);
    control.abort("enough");
    await first;
    permits[0]?.release();
    await clock.advance(0);
    permits[1]?.release();
    await others;
    expect([order, await left]).toEqual([["a", "c", "d"], "enough"]);
  });

  it("after it has its permit changes nothing", async () => {
    const { clock, limiter, permits, ask } = setUp({ concurrency: 1 });
    const control = new AbortController();
    const first = await ask("a");
    const second = ask("b", control.signal);
    first.release();
    await second;
    control.abort("enough");
    expect([limiter.state().active, permits.length, clock.pending]).toEqual([1, 2, 0]);
  });

  it("of a thousand under one signal takes one listener, and none is left when they are gone or served", async () => {
    const { limiter, ask } = setUp({ concurrency: 1 });
    const control = new AbortController();
    const listeners = countListeners(control.signal);
    const first = await ask("a");
    const served = ask("b", control.signal);
    expect(listeners()).toBe(1);
    first.release();
    const second = await served;
    expect(listeners()).toBe(0);
    const waiting = Array.from({ length: 1_000 }, () =>
      rejection(limiter.acquire({ run: "b", signal: control.signal })),
    );
    expect([listeners(), limiter.state().waiting]).toEqual([1, 1_000]);
    const reason = new GenblazeError("CANCELLED", "enough");
    control.abort(reason);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([reason]));
    expect([listeners(), limiter.state().waiting]).toEqual([0, 0]);
    second.release();
  });
});

/** How many listeners are on the signal, from now on. */
function countListeners(signal: AbortSignal): () => number {
  let count = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  Object.assign(signal, {
    addEventListener: (...given: Parameters<typeof add>) => {
      count += 1;
      add(...given);
    },
    removeEventListener: (...given: Parameters<typeof remove>) => {
      count -= 1;
      remove(...given);
    },
  });
  return () => count;
}

describe("a limiter", () => {
  it("refuses more than may wait, and says what to do", async () => {
    const { limiter, ask } = setUp({ concurrency: 1, maxWaiting: 2 });
    const first = await ask("a");
    const waiting = ["a", "b"].map((run) => ask(run).then((permit) => permit.release()));
    const error = await rejection(limiter.acquire({ run: "c" }));
    expect([error.code, error.message]).toEqual([
      "RATE_LIMITED",
      "createLimiter: 2 calls wait for a place already, so the queue is full. Begin fewer runs at the same time, or raise maxWaiting.",
    ]);
    first.release();
    await Promise.all(waiting);
    await ask("c");
    expect(limiter.state()).toEqual({ active: 1, waiting: 0, pausedUntilMs: undefined });
  });

  it.each([
    [{ concurrency: 0 }, 'option "concurrency": at least 1 is expected; the number 0 was given.'],
    [{ perSecond: 0.5 }, 'option "perSecond": a whole number is expected; the number 0.5 was given.'],
    [{ rate: { requests: 1 } }, 'option "rate.perMs": milliseconds are expected; nothing was given.'],
    [{ rate: 5 }, 'option "rate": { requests, perMs } is expected; the number 5 was given.'],
    [
      { perSecond: 1, rate: { requests: 1, perMs: 1 } },
      'option "rate": either perSecond or rate is expected; an object was given.',
    ],
    [{ maxWaiting: 0 }, 'option "maxWaiting": at least 1 is expected; the number 0 was given.'],
    [{ clock: {} }, 'option "clock": an object with now and schedule is expected; an object was given.'],
  ])("is refused with the options %j", (options, message) => {
    const create = () => createLimiter({ clock: createFakeClock(), ...options } as LimiterOptions);
    expect([codeOf(create), messageOf(create)]).toEqual(["INVALID_OPTION", `createLimiter(options): ${message}`]);
  });
});
