import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../test/support.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { type RetryOption, toRetryPolicy } from "./retry-policy.js";
import { type Retry, type WithRetryOptions, withRetry } from "./with-retry.js";

const serverError = new GenblazeError("SERVER_ERROR", "down");

/** A retried piece of work on a fake clock, with what was told on the way. */
function setUp(given: RetryOption = { jitter: "none" }, more: Partial<WithRetryOptions> = {}) {
  const clock = createFakeClock();
  const control = new AbortController();
  const told: Retry[] = [];
  const options: WithRetryOptions = {
    phase: "poll",
    policy: toRetryPolicy(given),
    clock,
    random: () => 0.5,
    signal: control.signal,
    onRetry: (retry) => {
      told.push(retry);
    },
    ...more,
  };
  return { clock, control, told, options };
}

/** Throws the errors one after the other, then gives the number of the attempt. */
function failing(...errors: readonly unknown[]) {
  const attempts: number[] = [];
  const work = async (attempt: number) => {
    attempts.push(attempt);
    if (attempt <= errors.length) throw errors[attempt - 1];
    return attempt;
  };
  return { work, attempts };
}

/** Lets time pass until the promise is settled. */
async function settle<T>(
  promise: Promise<T>,
  clock: ReturnType<typeof createFakeClock>,
): Promise<T | { thrown: unknown }> {
  let isOver = false;
  const ended = promise.then(
    (value) => value,
    (thrown: unknown) => ({ thrown }),
  );
  const watching = ended.then(() => {
    isOver = true;
  });
  while (!isOver) await clock.advanceToNext();
  await watching;
  return ended;
}

/** Until something waits on the clock. */
async function untilWaiting(clock: ReturnType<typeof createFakeClock>): Promise<void> {
  while (clock.pending === 0) await clock.advance(0);
}

describe("work that is tried again", () => {
  it("is done once and without a wait when it succeeds", async () => {
    const { clock, told, options } = setUp();
    const { work, attempts } = failing();
    expect(await withRetry(work, options)).toBe(1);
    expect([attempts, told, clock.pending]).toEqual([[1], [], 0]);
  });

  it("waits longer before each attempt, and tells of each wait before it", async () => {
    const { clock, told, options } = setUp();
    const began = clock.now();
    const { work, attempts } = failing(serverError, serverError, serverError);
    expect(await settle(withRetry(work, options), clock)).toBe(4);
    expect(attempts).toEqual([1, 2, 3, 4]);
    expect(clock.now() - began).toBe(7_000);
    expect(told).toEqual([
      { phase: "poll", attempt: 1, error: serverError, delayMs: 1_000 },
      { phase: "poll", attempt: 2, error: serverError, delayMs: 2_000 },
      { phase: "poll", attempt: 3, error: serverError, delayMs: 4_000 },
    ]);
  });

  it("waits as long as the provider asks for", async () => {
    const { clock, told, options } = setUp();
    const limited = new GenblazeError("RATE_LIMITED", "later", { retryAfterMs: 7_500 });
    expect(await settle(withRetry(failing(limited).work, options), clock)).toBe(2);
    expect(told.map(({ delayMs }) => delayMs)).toEqual([7_500]);
  });

  it("ends with the error of the last attempt, as it is, when the attempts are used up", async () => {
    const { clock, told, options } = setUp({ maxAttempts: 3, jitter: "none" });
    const last = new GenblazeError("TIMED_OUT", "the last");
    const { work, attempts } = failing(serverError, serverError, last, serverError);
    const end = await settle(withRetry(work, options), clock);
    expect(end).toEqual({ thrown: last });
    expect([attempts, told.length, clock.pending]).toEqual([[1, 2, 3], 2, 0]);
  });

  it.each([
    ["a code that the policy does not try again", new GenblazeError("INVALID_INPUT", "no")],
    ["an error that is not retryable by its own word", new GenblazeError("RATE_LIMITED", "no", { isRetryable: false })],
    ["a bug", new TypeError("x is not a function")],
    ["an error of others", new Error("no")],
    ["what is no error", "no"],
    ["nothing", undefined],
    ["a bug that an adapter's call was wrapped around", new GenblazeError("UNEXPECTED", "no")],
  ])("ends at %s, in the first attempt and in a later one", async (_, error) => {
    for (const before of [[], [serverError]]) {
      const { clock, options } = setUp();
      const { work, attempts } = failing(...before, error, serverError);
      const end = await settle(withRetry(work, options), clock);
      expect(end).toEqual({ thrown: error });
      expect([attempts.length, clock.pending]).toEqual([before.length + 1, 0]);
    }
  });

  it("is tried again after a lost connection, whoever threw it", async () => {
    const reset = Object.assign(new Error("read"), { code: "ECONNRESET", syscall: "read" });
    const errors = [
      new TypeError("fetch failed", { cause: reset }),
      new TypeError("a name that p-retry does not know", { cause: reset }),
      new GenblazeError("UNEXPECTED", "wrapped", { cause: reset }),
    ];
    const { clock, options } = setUp();
    expect(await settle(withRetry(failing(...errors).work, options), clock)).toBe(4);
    const without = setUp({ codes: ["RATE_LIMITED"] });
    expect(await settle(withRetry(failing(errors[0]).work, without.options), without.clock)).toEqual({
      thrown: errors[0],
    });
  });

  it("is tried once with the policy off", async () => {
    const { clock, options } = setUp("off");
    expect(await settle(withRetry(failing(serverError).work, options), clock)).toEqual({ thrown: serverError });
  });

  it("asks mayRetry about each error once, and ends when it says no", async () => {
    const asked: unknown[] = [];
    const later = new GenblazeError("SERVER_ERROR", "ambiguous");
    const mayRetry = (error: unknown) => {
      asked.push(error);
      return error !== later;
    };
    const { clock, options } = setUp({ jitter: "none" }, { mayRetry });
    expect(await settle(withRetry(failing(serverError, later).work, options), clock)).toEqual({ thrown: later });
    expect(asked).toEqual([serverError, later]);
  });

  it("begins the wait when what is told of it was taken, and ends when that fails", async () => {
    const broken = new GenblazeError("JOURNAL_FAILED", "full");
    const { clock, options } = setUp({}, { onRetry: () => Promise.reject(broken) });
    const { work, attempts } = failing(serverError);
    expect(await settle(withRetry(work, options), clock)).toEqual({ thrown: broken });
    expect([attempts, clock.pending]).toEqual([[1], 0]);
  });
});

describe("an abort of work that is tried again", () => {
  it("before the first attempt ends it without one", async () => {
    const { control, clock, options } = setUp();
    control.abort("enough");
    const { work, attempts } = failing();
    expect(await settle(withRetry(work, options), clock)).toEqual({ thrown: "enough" });
    expect(attempts).toEqual([]);
  });

  it("in a wait ends it at once with the signal's reason, whatever that is, and leaves no timer", async () => {
    for (const reason of [new GenblazeError("CANCELLED", "enough"), "enough"]) {
      const { control, clock, options } = setUp();
      const { work, attempts } = failing(serverError);
      const ended = withRetry(work, options).catch((thrown: unknown) => ({ thrown }));
      await untilWaiting(clock);
      control.abort(reason);
      expect(await ended).toEqual({ thrown: reason });
      expect([attempts, clock.pending]).toEqual([[1], 0]);
    }
  });

  it("while it is told of a wait ends it with the signal's reason", async () => {
    const { control, clock, options } = setUp({}, { onRetry: () => control.abort("enough") });
    expect(await settle(withRetry(failing(serverError).work, options), clock)).toEqual({ thrown: "enough" });
    expect(clock.pending).toBe(0);
  });

  it("does not lose a result that comes with it", async () => {
    const { control, clock, options } = setUp();
    const { work } = failing(serverError);
    const aborting = async (attempt: number) => {
      const value = await work(attempt);
      control.abort("enough");
      return value;
    };
    expect(await settle(withRetry(aborting, options), clock)).toBe(2);
  });

  it("leaves no listener on the signal when the work is done", async () => {
    const { control, clock, options } = setUp();
    let listeners = 0;
    const { signal } = control;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    const counted = Object.assign(signal, {
      addEventListener: (...given: Parameters<typeof add>) => {
        listeners += 1;
        add(...given);
      },
      removeEventListener: (...given: Parameters<typeof remove>) => {
        listeners -= 1;
        remove(...given);
      },
    });
    const { work } = failing(serverError, serverError);
    expect(await settle(withRetry(work, { ...options, signal: counted }), clock)).toBe(3);
    expect(listeners).toBe(0);
  });
});
