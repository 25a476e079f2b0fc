import { describe, expect, it } from "vitest";
import { createRuntime, GenblazeError, Pipeline } from "../../src/index.js";
import { resume } from "../../src/journal/index.js";
import { finish } from "../graph/graph-support.js";
import { createFakeClock } from "../support.js";
import { lastingJournal } from "./durable-support.js";
import { done, jobs, pending, startStep } from "./waiting-support.js";

const never = () => new Promise<never>(() => {});

describe("the idle limit of a job", () => {
  const step = { poll: { intervalMs: 5_000, longestMs: 5_000, idleTimeoutMs: 60_000 } };

  it("fails the step when the job shows nothing new for so long, and leaves the job open", async () => {
    const clock = createFakeClock();
    let isOver = false;
    const provider = jobs(clock, { poll: () => (isOver ? done : pending({ progress: { fraction: 0.5 } })) });
    const { result } = await finish(startStep(clock, provider, { step }), clock);
    expect(result.step("a").error).toMatchObject({
      code: "TIMED_OUT",
      details: { step: "a", limit: "idle", idleTimeoutMs: 60_000 },
    });
    // Half of it was new at the first poll, after 5 s.
    expect([clock.now() - Date.UTC(2026, 0, 15, 12), clock.pending]).toEqual([65_000, 0]);
    isOver = true;
    const { result: again } = await finish(result.resume(), clock);
    expect([again.status, provider.submits.length]).toEqual(["completed", 1]);
  });

  it("is counted anew whenever something new is shown, in whatever way", async () => {
    const clock = createFakeClock();
    const provider = jobs(clock, {
      poll(poll, { onProgress }) {
        if (poll === 60) return done;
        if (poll === 10) onProgress({ message: "in the queue" });
        if (poll === 20) return pending({ progress: { fraction: 0.5 } });
        if (poll === 30) return pending({ progress: { previewUrl: "https://x.example/1.png?signature=1" } });
        return poll === 40 ? pending({ progress: { fraction: 0.6 } }) : pending();
      },
    });
    const news = [10, 20, 30, 40].map((poll) => poll * 5_000);
    const { result } = await finish(startStep(clock, provider, { step }), clock);
    expect(result.step("a").error?.code).toBe("TIMED_OUT");
    expect(provider.polls.at(-1)).toBe((news.at(-1) ?? 0) + 55_000);
  });

  it("does not take reports that tell of parts in turn, or another signature of a preview, for news", async () => {
    const clock = createFakeClock();
    const provider = jobs(clock, {
      poll(poll, { onProgress }) {
        onProgress({ message: "rendering" });
        return pending({ progress: { fraction: 0.5, previewUrl: `https://x.example/1.png?signature=${poll}` } });
      },
    });
    await finish(startStep(clock, provider, { step }), clock);
    expect(provider.polls).toHaveLength(12);
  });

  it("holds for a vendor that does not answer, and one that fails all the time", async () => {
    const ends: unknown[] = [];
    for (const poll of [
      never,
      () => {
        throw new GenblazeError("SERVER_ERROR", "no");
      },
    ]) {
      const clock = createFakeClock();
      const provider = jobs(clock, { poll });
      const runtime = { retry: { maxAttempts: 100, longestDelayMs: 1_000, jitter: "none" } } as const;
      const { result } = await finish(startStep(clock, provider, { step, runtime }), clock);
      const error = result.step("a").error;
      ends.push([error?.code, error?.details.limit, clock.now() - Date.UTC(2026, 0, 15, 12), clock.pending]);
    }
    expect(ends).toEqual([
      ["TIMED_OUT", "idle", 60_000, 0],
      ["TIMED_OUT", "idle", 60_000, 0],
    ]);
  });
});

describe("the limit of an attempt", () => {
  const step = { attemptTimeoutMs: 10_000 };

  it("ends the wait for a provider of one call in real time, and what it answers late is kept", async () => {
    const clock = createFakeClock();
    let answer: (submission: typeof done) => void = () => {};
    const provider = jobs(clock, {
      submit: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    const { result } = await finish(startStep(clock, provider, { step }), clock);
    expect(result.step("a").error).toMatchObject({
      code: "TIMED_OUT",
      details: { step: "a", limit: "attempt", attemptTimeoutMs: 10_000 },
    });
    expect([clock.now() - Date.UTC(2026, 0, 15, 12), clock.pending]).toEqual([10_000, 0]);
    answer(done);
    const { result: again } = await finish(result.resume(), clock);
    expect([again.status, provider.submits.length]).toEqual(["completed", 1]);
  });

  it("leaves a job open that another process goes on with, without paying again, under the limit anew", async () => {
    const clock = createFakeClock();
    const { journal } = lastingJournal();
    const doneAfter = clock.now() + 25_000;
    const provider = jobs(clock, { poll: () => (clock.now() < doneAfter ? pending() : done) });
    const first = await finish(startStep(clock, provider, { step, journal, runId: "r" }), clock);
    expect([first.result.step("a").error?.details.limit, provider.polls.at(-1)]).toEqual(["attempt", 9_000]);
    const pipeline = new Pipeline("p").step(provider, { name: "a", model: "m", ...step });
    const go = () => resume("r", { journal, pipeline, throwOnFailure: false, runtime: createRuntime({ clock }) });
    const second = await finish(go(), clock);
    expect(second.result.step("a").error?.details.limit).toBe("attempt");
    // Asked at once, since it may have ended long ago.
    expect(provider.polls).toContain(10_000);
    const third = await finish(go(), clock);
    expect([third.result.status, provider.submits.length, clock.pending]).toEqual(["completed", 1, 0]);
  });

  it("does not end an attempt that was in time, nor count what waits before it", async () => {
    const clock = createFakeClock();
    const provider = jobs(clock, { poll: (poll) => (poll % 8 === 0 ? done : pending()) });
    const runtime = createRuntime({ clock, random: () => 0.5, limits: { jobs: { concurrency: 1 } } });
    const handle = new Pipeline("p")
      .step(provider, { name: "a", model: "m", ...step })
      .step(provider, { name: "b", model: "m", ...step })
      .start({ runtime, throwOnFailure: false });
    const { result } = await finish(handle, clock);
    expect([result.status, provider.submits, clock.pending]).toEqual(["completed", [0, 8_000], 0]);
  });

  it("gives way to that of the step where that is over first", async () => {
    const clock = createFakeClock();
    const provider = jobs(clock, { submit: never });
    const { result } = await finish(startStep(clock, provider, { step: { ...step, timeoutMs: 5_000 } }), clock);
    expect(result.step("a").error?.details).toEqual({ step: "a", timeoutMs: 5_000 });
    expect(clock.pending).toBe(0);
  });

  it("does not try again what would be tried after it", async () => {
    const clock = createFakeClock();
    const provider = jobs(clock, {
      submit: () => {
        throw new GenblazeError("RATE_LIMITED", "slow down", { retryAfterMs: 20_000 });
      },
    });
    const { result } = await finish(startStep(clock, provider, { step }), clock);
    expect([result.step("a").error?.code, provider.submits]).toEqual(["RATE_LIMITED", [0]]);
  });
});
