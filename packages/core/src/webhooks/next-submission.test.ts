import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../../fakes/src/fake-clock.js";
import { rejection } from "../../test/thrown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { Submission } from "../provider/provider.js";
import { type NextSubmissionOptions, nextSubmission } from "./next-submission.js";

const done = (text: string): Submission => ({ status: "done", output: { text } });

/** A webhook that comes when it is told to, and polls that are counted. */
function open(options: Partial<NextSubmissionOptions> = {}) {
  const clock = createFakeClock();
  const began = clock.now();
  const controller = new AbortController();
  const polls: number[] = [];
  const hooks: AbortSignal[] = [];
  let come: (submission: Submission) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const next = nextSubmission({
    poll: async () => {
      polls.push(clock.now() - began);
      return done("by poll");
    },
    hook: (signal) => {
      hooks.push(signal);
      return new Promise((resolve, reject) => {
        come = resolve;
        fail = reject;
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    },
    delayMs: 2_000,
    clock,
    signal: controller.signal,
    ...options,
  });
  next.catch(() => undefined);
  return {
    clock,
    controller,
    polls,
    hooks,
    next,
    come: (text: string) => come(done(text)),
    fail: (e: unknown) => fail(e),
  };
}

describe("nextSubmission", () => {
  it("gives the webhook's word when it comes first, and polls no more", async () => {
    const { clock, next, come, polls, controller } = open();
    await clock.advance(19_999);
    come("by webhook");
    expect(await next).toEqual({ submission: done("by webhook"), by: "webhook" });
    await clock.advance(100_000);
    expect([polls, clock.pending]).toEqual([[], 0]);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("polls in the end when no webhook comes, later than it would without one", async () => {
    const { clock, next, polls, hooks } = open();
    await clock.advance(20_000);
    expect(await next).toEqual({ submission: done("by poll"), by: "poll" });
    expect([polls, hooks.map(({ aborted }) => aborted), clock.pending]).toEqual([[20_000], [true], 0]);
  });

  it.each([
    [{ delayMs: 2_000, stretch: 3 }, 6_000],
    [{ delayMs: 10_000 }, 60_000],
    [{ delayMs: 90_000 }, 90_000],
    [{ delayMs: 10_000, longestDelayMs: 30_000 }, 30_000],
    [{ delayMs: 2_000, stretch: 1 }, 2_000],
  ])("with %j polls after %d ms", async (options, expectedMs) => {
    const { clock, next, polls } = open(options);
    await clock.advance(expectedMs);
    await next;
    expect(polls).toEqual([expectedMs]);
  });

  it("polls as if there were no webhooks once they cannot be waited for", async () => {
    const before = open();
    before.fail(new Error("the receiver is closed"));
    await before.clock.advance(2_000);
    expect([(await before.next).by, before.polls]).toEqual(["poll", [2_000]]);

    const after = open();
    await after.clock.advance(5_000);
    after.fail(new Error("the receiver is closed"));
    expect([(await after.next).by, after.polls, after.clock.pending]).toEqual(["poll", [5_000], 0]);
  });

  it("takes the webhook that comes while a poll is under way, and aborts that", async () => {
    const polled: AbortSignal[] = [];
    const poll: NextSubmissionOptions["poll"] = (signal) => {
      polled.push(signal);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
    };
    const { clock, next, come } = open({ poll });
    await clock.advance(20_000);
    expect(polled.map(({ aborted }) => aborted)).toEqual([false]);
    come("by webhook");
    expect((await next).by).toBe("webhook");
    expect(polled.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("throws what the poll throws, and ends the wait for the webhook", async () => {
    const error = new GenblazeError("AUTH_FAILED", "no");
    const { clock, next, hooks } = open({ poll: () => Promise.reject(error) });
    await clock.advance(20_000);
    expect(await rejection(next)).toBe(error);
    expect(hooks.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("ends with its signal, with nothing left behind", async () => {
    const { clock, controller, next, hooks } = open();
    const reason = new GenblazeError("TIMED_OUT", "too long");
    controller.abort(reason);
    expect(await rejection(next)).toBe(reason);
    expect([clock.pending, hooks[0]?.aborted, getEventListeners(controller.signal, "abort")]).toEqual([0, true, []]);
    expect(await rejection(open({ signal: controller.signal }).next)).toBe(reason);
  });

  it("names an option that is wrong", async () => {
    const error = await rejection(open({ stretch: 0 }).next);
    expect(error.message).toContain('option "stretch": at least 1 is expected');
  });
});
