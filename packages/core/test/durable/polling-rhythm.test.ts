import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { createRuntime, fanOut, Pipeline } from "../../src/index.js";
import type { Clock } from "../../src/provider/clock.js";
import { toWorkflow } from "../../src/workflow/index.js";
import { finish } from "../graph/graph-support.js";
import { createFakeClock } from "../support.js";
import { codeOf, messageOf } from "../thrown.js";
import { done, jobs, least, pending, startStep } from "./waiting-support.js";

/** Pending for so many polls. */
const doneAt =
  (last: number, between = pending()) =>
  (poll: number) =>
    poll < last ? between : done;

const seconds = (...all: readonly number[]) => all.map((each) => each * 1_000);
const upTo = (from: number, to: number, by = 1) =>
  Array.from({ length: (to - from) / by + 1 }, (_, place) => from + place * by);

describe("a job", () => {
  // The Python library waits min(1 s * 2 ^ floor(elapsed / 30 s), 30 s).
  it("is polled in the rhythm of the Python library", async () => {
    const clock = createFakeClock();
    const provider = jobs(clock, { poll: doneAt(57) });
    const { result } = await finish(startStep(clock, provider), clock);
    expect(result.status).toBe("completed");
    const late = [100, 108, 116, 124, 140, 156, 186, 216];
    expect(provider.polls.slice(0, 62)).toEqual(
      seconds(...upTo(1, 30), ...upTo(32, 60, 2), ...upTo(64, 92, 4), ...late).slice(0, 57),
    );
    expect(clock.pending).toBe(0);
  });

  it("is polled in the rhythm of the runtime, and in that of its step instead where there is one", async () => {
    const times: (readonly number[])[] = [];
    for (const step of [{}, { poll: { intervalMs: 40_000, longestMs: 50_000 } }]) {
      const clock = createFakeClock();
      const provider = jobs(clock, { poll: doneAt(3) });
      await finish(startStep(clock, provider, { runtime: { poll: { intervalMs: 20_000 } }, step }), clock);
      times.push(provider.polls);
    }
    expect(times).toEqual([seconds(20, 40, 70), seconds(40, 90, 140)]);
  });

  it("is first asked for after most of the time that its vendor estimates, then in the usual rhythm", async () => {
    const clock = createFakeClock();
    const provider = jobs(clock, { submit: () => pending({ estimatedMs: 50_000 }), poll: doneAt(3) });
    await finish(startStep(clock, provider), clock);
    expect(provider.polls).toEqual(seconds(40, 42, 44));
  });

  it("is asked for when its vendor says, at each answer anew", async () => {
    const clock = createFakeClock();
    const provider = jobs(clock, {
      submit: () => pending({ retryAfterMs: 7_000, estimatedMs: 50_000 }),
      poll: doneAt(3, pending({ retryAfterMs: 20_000 })),
    });
    await finish(startStep(clock, provider, { runtime: { random: least } }), clock);
    expect(provider.polls).toEqual(seconds(7, 27, 47));
  });

  it("whose vendor asks for no wait, or for one of years, is polled neither without end nor never", async () => {
    const clock = createFakeClock();
    const provider = jobs(clock, {
      submit: () => pending({ retryAfterMs: 0 }),
      poll: doneAt(2, pending({ retryAfterMs: Number.POSITIVE_INFINITY })),
    });
    await finish(startStep(clock, provider, { runtime: { random: least } }), clock);
    expect(provider.polls).toEqual([100, 300_100]);
  });

  it("gives a sign of life every ten seconds of a wait of fifteen or more, and none in a shorter one", async () => {
    const clock = createFakeClock();
    const provider = jobs(clock, {
      submit: () => pending({ retryAfterMs: 35_000 }),
      poll: doneAt(2, pending({ retryAfterMs: 14_999 })),
    });
    const { events } = await finish(startStep(clock, provider, { runtime: { random: least } }), clock);
    const beats = events.filter((event) => event.type === "step.progress" && event.isHeartbeat === true);
    expect(beats.map((event) => "elapsedMs" in event && event.elapsedMs)).toEqual(seconds(10, 20, 30));
    expect(beats[0]).toMatchObject({ step: "a", status: "processing", isTransient: true });
    expect(clock.pending).toBe(0);
  });

  it("shows where what is made so far can be seen, when that may be shown", async () => {
    const previews: unknown[] = [];
    for (const [previewUrl, more] of [
      ["https://cdn.example/p.png?X-Signature=1", {}],
      ["http://cdn.example/p.png", {}],
      ["https://me:password@cdn.example/p.png", {}],
      ["https://cdn.example/p.png", { promptVisibility: "private", prompt: "a boat" }],
    ] as const) {
      const clock = createFakeClock();
      const provider = jobs(clock, { poll: doneAt(2, pending({ progress: { fraction: 0.5, previewUrl } })) });
      const { events } = await finish(startStep(clock, provider, { step: more }), clock);
      previews.push(
        events.flatMap((event) =>
          event.type === "step.progress" && event.fraction !== undefined ? [event.previewUrl] : [],
        ),
      );
    }
    expect(previews).toEqual([["https://cdn.example/p.png?X-Signature=1"], [undefined], [undefined], [undefined]]);
  });
});

describe("the options of waiting", () => {
  it.each([
    [{ poll: { intervalMs: 0 } }, 'option "poll.intervalMs": more than 0 milliseconds are expected'],
    [{ poll: { idleTimeoutMs: -1 } }, 'option "poll.idleTimeoutMs": more than 0 milliseconds are expected'],
    [{ poll: 5 }, 'option "poll": { intervalMs, longestMs, idleTimeoutMs } is expected'],
    [{ attemptTimeoutMs: 0 }, 'option "attemptTimeoutMs": more than 0 milliseconds are expected'],
  ])("of a step: %j is refused with its name", (step, words) => {
    const clock = createFakeClock();
    expect(messageOf(() => startStep(clock, jobs(clock), { step }))).toContain(`Step 1: ${words}`);
  });

  it("of a runtime are checked too", () => {
    expect(codeOf(() => createRuntime({ poll: { longestMs: 0 } }))).toBe("INVALID_OPTION");
    expect(messageOf(() => createRuntime({ webhooks: 5 as never }))).toBe(
      'createRuntime(options), option "webhooks": a receiver of createWebhookReceiver({ providers, publicUrl }) is expected; the number 5 was given.',
    );
  });

  it("of a node's step are those of its targets", async () => {
    const clock = createFakeClock();
    const provider = jobs(clock, { poll: () => new Promise(() => {}) });
    const arms = { one: { provider, model: "m" } };
    const run = (options: object) =>
      finish(
        new Pipeline("p")
          .step(fanOut(arms), { name: "a", prompt: "x", ...options })
          .start({ runtime: createRuntime({ clock, random: () => 0.5 }), throwOnFailure: false }),
        clock,
      );
    const { result } = await run({ poll: { intervalMs: 3_000 }, attemptTimeoutMs: 5_000 });
    expect([provider.polls, result.run.steps.map(({ errorCode }) => errorCode).includes("timeout")]).toEqual([
      [3_000],
      true,
    ]);
  });

  it("are kept in workflows", async () => {
    const clock = createFakeClock();
    const step = { poll: { intervalMs: 5_000, idleTimeoutMs: 60_000 }, attemptTimeoutMs: 90_000 };
    const pipeline = new Pipeline("p").step(jobs(clock), { name: "a", model: "m", ...step });
    expect(toWorkflow(pipeline).steps[0]).toMatchObject({
      poll: { intervalMs: 5_000, longestMs: 30_000, idleTimeoutMs: 60_000 },
      attemptTimeoutMs: 90_000,
    });
  });
});

/** A clock that knows how many of its timers there are at once. */
function countTimers(clock: Clock) {
  let open = 0;
  let most = 0;
  let set = 0;
  const schedule: Clock["schedule"] = (callback, delayMs) => {
    let isOpen = true;
    const close = () => {
      if (isOpen) open -= 1;
      isOpen = false;
    };
    open += 1;
    set += 1;
    most = Math.max(most, open);
    const takeBack = clock.schedule(() => {
      close();
      callback();
    }, delayMs);
    return () => {
      close();
      takeBack();
    };
  };
  return { clock: { now: () => clock.now(), schedule }, counts: () => ({ open, most, set }) };
}

describe("a thousand jobs that wait", () => {
  const count = 1_000;
  const steps = (provider: ReturnType<typeof jobs>, more: object) =>
    Array.from({ length: count }, (_, place) => ({ provider, name: `s${place}`, model: "m", ...more }));

  it("take one timer, with all their limits", async () => {
    const clock = createFakeClock();
    const counted = countTimers(clock);
    const provider = jobs(clock, {
      submit: () => pending({ retryAfterMs: 25_000 }),
      poll: doneAt(2 * count, pending({ retryAfterMs: 25_000 })),
    });
    const more = { timeoutMs: 600_000, attemptTimeoutMs: 300_000, poll: { idleTimeoutMs: 100_000 } };
    const handle = Pipeline.from({ name: "p", steps: steps(provider, more) }).start({
      runtime: createRuntime({ clock: counted.clock }),
      throwOnFailure: false,
    });
    await clock.advance(20_000);
    expect(counted.counts()).toMatchObject({ open: 1, most: 1 });
    const { result } = await finish(handle, clock);
    expect([result.status, provider.submits.length]).toEqual(["completed", count]);
    expect([counted.counts().open, counted.counts().most, clock.pending]).toEqual([0, 1, 0]);
  });

  it("leave no timer and no listener when they are cancelled", async () => {
    const clock = createFakeClock();
    const controller = new AbortController();
    const signals = new Set<AbortSignal>();
    const provider = jobs(clock, {
      submit({ signal }) {
        signals.add(signal);
        return pending({ retryAfterMs: 25_000 });
      },
    });
    const handle = Pipeline.from({ name: "p", steps: steps(provider, { poll: { idleTimeoutMs: 100_000 } }) }).start({
      runtime: createRuntime({ clock }),
      signal: controller.signal,
      throwOnFailure: false,
    });
    await clock.advance(1_000);
    expect(clock.pending).toBe(1);
    controller.abort();
    const result = await handle.result;
    expect([result.status, clock.pending, provider.polls]).toEqual(["cancelled", 0, []]);
    for (const signal of [controller.signal, ...signals]) expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
