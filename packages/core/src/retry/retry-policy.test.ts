import { describe, expect, it } from "vitest";
import { codeOf, messageOf } from "../../test/thrown.js";
import { retryDelayMs } from "./retry-delay.js";
import { type RetryOption, retryPolicies, toRetryPolicy } from "./retry-policy.js";

/** Values as a caller without types may give them. */
const untyped = (given: unknown) => toRetryPolicy(given as RetryOption);

describe("a retry policy", () => {
  it("is the default one when none is given, and one of four by name", () => {
    expect(toRetryPolicy(undefined)).toEqual({
      maxAttempts: 6,
      firstDelayMs: 1_000,
      longestDelayMs: 30_000,
      growth: 2,
      jitter: "full",
      respectRetryAfter: true,
      longestRetryAfterMs: 120_000,
      codes: ["TIMED_OUT", "RATE_LIMITED", "SERVER_ERROR", "STORAGE_FAILED", "DOWNLOAD_FAILED"],
    });
    expect(toRetryPolicy("conservative")).toMatchObject({
      maxAttempts: 2,
      firstDelayMs: 2_000,
      longestDelayMs: 60_000,
    });
    expect(toRetryPolicy("aggressive")).toMatchObject({ maxAttempts: 7, firstDelayMs: 500, longestDelayMs: 15_000 });
    expect(toRetryPolicy("off")).toMatchObject({ maxAttempts: 1, codes: [] });
  });

  it("takes what is left out, or undefined, from the default one", () => {
    const policy = toRetryPolicy({ maxAttempts: 3, growth: undefined, codes: ["TIMED_OUT"] });
    expect(policy).toEqual({ ...retryPolicies.default, maxAttempts: 3, codes: ["TIMED_OUT"] });
  });

  it("cannot be changed, neither it nor the list it was made from", () => {
    const codes: "TIMED_OUT"[] = ["TIMED_OUT"];
    const policy = toRetryPolicy({ codes });
    codes.push("TIMED_OUT");
    expect(policy.codes).toEqual(["TIMED_OUT"]);
    expect([Object.isFrozen(policy), Object.isFrozen(policy.codes)]).toEqual([true, true]);
  });

  it.each([
    [{ maxAttempts: 0 }, 'retry: option "maxAttempts": at least 1 is expected; the number 0 was given.'],
    [{ maxAttempts: 1.5 }, 'retry: option "maxAttempts": a whole number is expected; the number 1.5 was given.'],
    [{ maxAttempts: 101 }, 'retry: option "maxAttempts": at most 100 is expected; the number 101 was given.'],
    [
      { firstDelayMs: -1 },
      'retry: option "firstDelayMs": at least 0 milliseconds are expected; the number -1 was given.',
    ],
    [
      { longestDelayMs: Number.NaN },
      'retry: option "longestDelayMs": milliseconds are expected; the number NaN was given.',
    ],
    [{ growth: 0.5 }, 'retry: option "growth": at least 1 is expected; the number 0.5 was given.'],
    [{ jitter: "some" }, 'retry: option "jitter": "full", "equal" or "none" is expected; "some" was given.'],
    [
      { longestRetryAfterMs: 86_400_001 },
      'retry: option "longestRetryAfterMs": at most 86400000 milliseconds are expected; the number 86400001 was given.',
    ],
    [
      { codes: ["TIMEOUT"] },
      'retry: option "codes.0": an error code of docs/reference/errors.md is expected; a string was given.',
    ],
    [
      { maxAttempt: 3 },
      'retry: there is no option "maxAttempt". Did you mean "maxAttempts"? Known options: maxAttempts, firstDelayMs, longestDelayMs, growth, jitter, respectRetryAfter, longestRetryAfterMs, codes.',
    ],
    [
      "disabled",
      'retry: "default", "conservative", "aggressive", "off" or an options object is expected; "disabled" was given.',
    ],
    [5, "retry: an options object is expected; the number 5 was given."],
  ])("is refused as %j, saying what was expected", (given, message) => {
    expect(codeOf(() => untyped(given))).toBe("INVALID_OPTION");
    expect(messageOf(() => untyped(given))).toBe(message);
  });
});

describe("the wait before the next attempt", () => {
  const of = (jitter: "full" | "equal", chance: number) =>
    retryDelayMs(toRetryPolicy({ jitter }), 3, { random: () => chance });

  it("is any part of the whole with full jitter, and half and any part of the other half with equal jitter", () => {
    expect([of("full", 0), of("full", 0.25), of("full", 0.75)]).toEqual([0, 1_000, 3_000]);
    expect([of("equal", 0), of("equal", 0.25), of("equal", 0.75)]).toEqual([2_000, 2_500, 3_500]);
  });

  it("has no jitter when the provider said how long", () => {
    const options = { retryAfterMs: 700, random: () => 0.1 };
    expect(retryDelayMs(retryPolicies.default, 1, options)).toBe(700);
  });

  it("does not go by a Retry-After that is no time", () => {
    const policy = toRetryPolicy({ jitter: "none" });
    const waits = [Number.NaN, -5].map((retryAfterMs) => retryDelayMs(policy, 2, { retryAfterMs, random: () => 0 }));
    expect(waits).toEqual([2_000, 2_000]);
  });

  it("stays a number however often it grew", () => {
    const policy = toRetryPolicy({ firstDelayMs: 0, growth: 100, jitter: "none" });
    expect(retryDelayMs(policy, 100_000, { random: () => 0 })).toBe(0);
    expect(retryDelayMs({ ...policy, firstDelayMs: 1 }, 100_000, { random: () => 0 })).toBe(30_000);
  });
});
