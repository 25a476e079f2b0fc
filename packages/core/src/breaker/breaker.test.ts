import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../test/support.js";
import { codeOf, messageOf } from "../../test/thrown.js";
import { ERROR_CODES, type ErrorCode } from "../errors/error-codes.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { createBreaker } from "./breaker.js";
import type { BreakerChange, BreakerOptions } from "./breaker-options.js";
import { breakerSign } from "./breaker-signs.js";

const down = new GenblazeError("SERVER_ERROR", "down");
const refused = new GenblazeError("INVALID_INPUT", "no");
const cancelled = new GenblazeError("CANCELLED", "enough");
const target = "acme/video-1";
const yes = { mayAsk: true };
const no = (retryAfterMs: number) => ({ mayAsk: false, retryAfterMs });

function setUp(options: Omit<BreakerOptions, "clock" | "onChange"> = {}) {
  const clock = createFakeClock(0);
  const changes: string[] = [];
  const onChange = ({ target, from, to, untilMs }: BreakerChange) => {
    changes.push(`${target}: ${from} > ${to}${untilMs === undefined ? "" : ` until ${untilMs}`}`);
  };
  const breaker = createBreaker({ clock, onChange, ...options });
  const fail = (times: number, error: unknown = down) => {
    for (let time = 0; time < times; time++) breaker.failed(target, error);
  };
  return { clock, breaker, changes, fail };
}

describe("a breaker", () => {
  it("lets ask what never failed, and what failed less often than it takes", () => {
    const { breaker, changes, fail } = setUp();
    expect(breaker.check(target)).toEqual(yes);
    fail(4);
    expect([breaker.check(target), changes]).toEqual([yes, []]);
  });

  it("opens for a target that failed five times in a minute, and for no other", () => {
    const { breaker, changes, fail } = setUp();
    fail(5);
    expect([breaker.check(target), breaker.check("acme/video-2")]).toEqual([no(30_000), yes]);
    expect(changes).toEqual(["acme/video-1: closed > open until 30000"]);
  });

  it("stays closed when the failures are further apart than the window", async () => {
    const { clock, breaker, changes, fail } = setUp();
    for (let time = 0; time < 20; time++) {
      fail(1);
      await clock.advance(15_000);
    }
    expect([breaker.check(target), changes]).toEqual([yes, []]);
  });

  it("takes a failure back for each success, so that one that fails now and then stays closed", () => {
    const { breaker, changes, fail } = setUp();
    for (let time = 0; time < 100; time++) {
      fail(1);
      breaker.succeeded(target);
    }
    fail(4);
    breaker.succeeded(target);
    fail(1);
    expect(changes).toEqual([]);
    fail(1);
    expect(changes).toHaveLength(1);
  });

  it("lets one call through after the cooldown, and all when that succeeds", async () => {
    const { clock, breaker, changes, fail } = setUp();
    fail(5);
    await clock.advance(29_999);
    expect(breaker.check(target)).toEqual(no(1));
    await clock.advance(1);
    expect([breaker.check(target), breaker.check(target)]).toEqual([yes, no(30_000)]);
    breaker.succeeded(target);
    expect([breaker.check(target), breaker.check(target)]).toEqual([yes, yes]);
    expect(changes).toEqual([
      "acme/video-1: closed > open until 30000",
      "acme/video-1: open > half-open",
      "acme/video-1: half-open > closed",
    ]);
    fail(4);
    expect(breaker.check(target)).toEqual(yes);
  });

  it("stays open twice as long each time that the one call fails, up to the longest cooldown", async () => {
    const { clock, breaker, fail } = setUp({ cooldownMs: 1_000, longestCooldownMs: 5_000 });
    fail(5);
    const cooldowns: unknown[] = [];
    for (let time = 0; time < 5; time++) {
      const verdict = breaker.check(target);
      cooldowns.push(verdict);
      await clock.advance(verdict.mayAsk ? 0 : verdict.retryAfterMs);
      expect(breaker.check(target)).toEqual(yes);
      fail(1);
    }
    expect(cooldowns).toEqual([no(1_000), no(2_000), no(4_000), no(5_000), no(5_000)]);
    await clock.advance(5_000);
    breaker.check(target);
    breaker.succeeded(target);
    fail(5);
    expect(breaker.check(target)).toEqual(no(1_000));
  });

  it("closes when the one call is refused, since whoever refuses is there", async () => {
    const { clock, breaker, fail } = setUp();
    fail(5);
    await clock.advance(30_000);
    breaker.check(target);
    fail(1, refused);
    expect([breaker.check(target), breaker.check(target)]).toEqual([yes, yes]);
  });

  it("lets another call try when the one call was given up, or never said how it ended", async () => {
    const { clock, breaker, fail } = setUp();
    fail(5);
    await clock.advance(30_000);
    expect([breaker.check(target), breaker.check(target)]).toEqual([yes, no(30_000)]);
    fail(1, cancelled);
    expect([breaker.check(target), breaker.check(target)]).toEqual([yes, no(30_000)]);
    await clock.advance(30_000);
    expect([breaker.check(target), breaker.check(target)]).toEqual([yes, no(30_000)]);
  });

  it("does not hear what earlier calls say of an open target", () => {
    const { breaker, changes, fail } = setUp();
    fail(50);
    breaker.succeeded(target);
    fail(1, refused);
    expect([breaker.check(target), changes.length]).toEqual([no(30_000), 1]);
  });

  it("rests for as long as a target asks for, and lets all ask then", async () => {
    const { clock, breaker, changes, fail } = setUp();
    fail(1, new GenblazeError("RATE_LIMITED", "later", { retryAfterMs: 7_000 }));
    expect(breaker.check(target)).toEqual(no(7_000));
    await clock.advance(7_000);
    expect([breaker.check(target), breaker.check(target)]).toEqual([yes, yes]);
    expect(changes).toEqual(["acme/video-1: closed > open until 7000", "acme/video-1: open > closed"]);
  });

  it("rests no longer than the longest cooldown", () => {
    const { breaker, fail } = setUp();
    fail(1, new GenblazeError("RATE_LIMITED", "later", { retryAfterMs: 86_400_000 }));
    expect(breaker.check(target)).toEqual(no(600_000));
  });

  it("does not go by a rate limit that names no time, but for the one call that tries", async () => {
    const { clock, breaker, fail } = setUp();
    const limited = new GenblazeError("RATE_LIMITED", "later");
    fail(20, limited);
    expect(breaker.check(target)).toEqual(yes);
    fail(5);
    await clock.advance(30_000);
    breaker.check(target);
    fail(1, limited);
    expect(breaker.check(target)).toEqual(no(60_000));
  });

  it("remembers a bounded number of targets, and forgets the one troubled first", () => {
    const { breaker } = setUp({ failures: 1, maxTargets: 2 });
    for (const name of ["a", "b", "c"]) breaker.failed(name, down);
    expect(["a", "b", "c"].map((name) => breaker.check(name).mayAsk)).toEqual([true, false, false]);
  });

  it("never lets more than one call at a time ask a half-open target, and forgets one that is well", async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constantFrom("check", "succeeded", "failed", "cancelled"), ms: fc.constant(0) }),
      fc.record({ kind: fc.constant("wait"), ms: fc.integer({ min: 1, max: 2_000 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { clock, breaker, changes } = setUp({ failures: 2, cooldownMs: 1_000 });
        let asked = 0;
        for (const { kind, ms } of steps) {
          if (kind === "wait") await clock.advance(ms);
          if (kind === "succeeded") breaker.succeeded(target);
          if (kind === "failed") breaker.failed(target, down);
          if (kind === "cancelled") breaker.failed(target, cancelled);
          const isHalfOpen = changes.at(-1)?.endsWith("half-open") === true;
          if (kind !== "check" || !isHalfOpen) asked = 0;
          if (kind === "check" && breaker.check(target).mayAsk && isHalfOpen) asked += 1;
          expect(asked).toBeLessThanOrEqual(1);
        }
        for (const [index, text] of changes.entries()) {
          const before = changes[index - 1]?.match(/> (\S+)/)?.[1] ?? "closed";
          expect(text.match(/: (\S+)/)?.[1]).toBe(before);
        }
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    [{ failures: 0 }, 'option "failures": at least 1 is expected; the number 0 was given.'],
    [{ windowMs: 0 }, 'option "windowMs": more than 0 milliseconds are expected; the number 0 was given.'],
    [{ onChange: 5 }, 'option "onChange": a function is expected; the number 5 was given.'],
    [{ cooldown: 5 }, 'there is no option "cooldown".'],
  ])("is refused with the options %j", (options, message) => {
    const create = () => createBreaker({ clock: createFakeClock(), ...options } as BreakerOptions);
    expect(codeOf(create)).toBe("INVALID_OPTION");
    expect(messageOf(create)).toContain(`createBreaker(options): ${message}`);
  });
});

describe("what an error says of its target", () => {
  it("is told by its code", () => {
    const codes = Object.keys(ERROR_CODES) as ErrorCode[];
    const of = (sign: string) => codes.filter((code) => breakerSign(new GenblazeError(code, "")) === sign);
    expect(of("failure")).toEqual(["TIMED_OUT", "SERVER_ERROR"]);
    expect(of("busy")).toEqual(["RATE_LIMITED"]);
    expect(of("answer")).toEqual(["OUTPUT_INVALID", "AUTH_FAILED", "INVALID_INPUT", "MODEL_ERROR", "CONTENT_POLICY"]);
  });

  it("is a failure when the connection was lost, unless that was another one's", () => {
    const reset = new TypeError("fetch failed", { cause: Object.assign(new Error("read"), { code: "ECONNRESET" }) });
    expect(breakerSign(reset)).toBe("failure");
    expect(breakerSign(new GenblazeError("UNEXPECTED", "", { cause: reset }))).toBe("failure");
    expect(breakerSign(new GenblazeError("DOWNLOAD_FAILED", "", { cause: reset }))).toBe("nothing");
    expect(breakerSign(new TypeError("x is not a function"))).toBe("nothing");
  });
});
