import fc from "fast-check";
import { expect, it } from "vitest";
import { createFakeClock } from "../../test/support.js";
import { createLimiter } from "./limiter.js";

const clockEnd = 1_000;
/** A call: whose it is, when it is asked for, how long it lasts, and when it is no longer wanted. */
const call = fc.record({
  run: fc.constantFrom("a", "b", "c", "d"),
  atMs: fc.integer({ min: 0, max: 300 }),
  lastsMs: fc.integer({ min: 0, max: 60 }),
  abortAtMs: fc.option(fc.integer({ min: 0, max: 400 }), { nil: undefined, freq: 3 }),
});
const limits = fc.record({
  concurrency: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  rate: fc.option(fc.record({ requests: fc.integer({ min: 1, max: 5 }), perMs: fc.integer({ min: 5, max: 100 }) }), {
    nil: undefined,
  }),
});

it("keeps to concurrency and rate in every window, serves everybody who stays, and nobody who left", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 40 }), limits, async (calls, options) => {
      const clock = createFakeClock(0);
      const limiter = createLimiter({ clock, ...options });
      const begun: number[] = [];
      let active = 0;
      let mostActive = 0;
      const outcomes: Promise<string>[] = [];
      for (const { run, atMs, lastsMs, abortAtMs } of calls) {
        const control = new AbortController();
        if (abortAtMs !== undefined) clock.schedule(() => control.abort("left"), abortAtMs);
        clock.schedule(() => {
          const made = limiter.acquire({ run, signal: control.signal }).then((permit) => {
            begun.push(clock.now());
            active += 1;
            mostActive = Math.max(mostActive, active);
            clock.schedule(() => {
              active -= 1;
              permit.release();
            }, lastsMs);
            return "served";
          });
          outcomes.push(made.catch((reason: unknown) => String(reason)));
        }, atMs);
      }
      await clock.advance(clockEnd);
      while (await clock.advanceToNext());
      const ended = await Promise.all(outcomes);

      expect(mostActive).toBeLessThanOrEqual(options.concurrency ?? calls.length);
      const { requests, perMs } = options.rate ?? { requests: calls.length + 1, perMs: 1 };
      for (const [index, time] of begun.entries()) {
        const later = begun[index + requests];
        if (later !== undefined) expect(later - time).toBeGreaterThanOrEqual(perMs);
      }
      expect(ended.filter((outcome) => outcome === "served")).toHaveLength(begun.length);
      const staying = calls.filter(({ abortAtMs }) => abortAtMs === undefined).length;
      expect(begun.length).toBeGreaterThanOrEqual(staying);
      expect(ended.every((outcome) => outcome === "served" || outcome === "left")).toBe(true);
      expect(limiter.state()).toEqual({ active: 0, waiting: 0, pausedUntilMs: undefined });
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 60 },
  );
});

it("gives runs that always have work equal shares, within a fifth, however much each asks for at once", async () => {
  const runs = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(runs, fc.integer({ min: 1, max: 4 }), async (depths, concurrency) => {
      const clock = createFakeClock(0);
      const limiter = createLimiter({ clock, concurrency });
      const served = depths.map(() => 0);
      const wanted = 60 * depths.length;
      const total = () => served.reduce((sum, count) => sum + count, 0);
      const work = async (run: number) => {
        while (total() < wanted) {
          const permit = await limiter.acquire({ run: `${run}` });
          // What is left in the queues at the end is not counted: runs have no more work then.
          if (total() < wanted) served[run] = (served[run] ?? 0) + 1;
          await new Promise<void>((resolve) => clock.schedule(resolve, 10));
          permit.release();
        }
      };
      // Each run asks for as many at once as it is deep, and at least for more than there are places.
      const workers = depths.flatMap((depth, run) => Array.from({ length: depth + concurrency }, () => work(run)));
      while (await clock.advanceToNext());
      await Promise.all(workers);
      const share = wanted / depths.length;
      for (const count of served) expect(Math.abs(count - share)).toBeLessThanOrEqual(share * 0.2);
    }),
    { numRuns: 25 },
  );
});
