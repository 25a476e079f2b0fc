import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../test/support.js";
import { codeOf, messageOf } from "../../test/thrown.js";
import type { Permit } from "./gate.js";
import { createLimits, type LimitsByTarget, type LimitsOptions } from "./limits.js";

function setUp(limits: LimitsByTarget) {
  const clock = createFakeClock(0);
  const shared = createLimits({ clock, limits });
  const begun: string[] = [];
  const ask = async (account: string, model?: string, run = "run") => {
    const permit = await shared.acquire({ account, model, run });
    begun.push(model === undefined ? account : `${account}/${model}`);
    return permit;
  };
  return { clock, limits: shared, begun, ask };
}

describe("the limits of provider accounts", () => {
  it("let through at once what has none", async () => {
    const { clock, limits, ask } = setUp({ acme: { concurrency: 1 } });
    const permits = await Promise.all([ask("other"), ask("other", "model"), ask("constructor")]);
    for (const permit of permits) permit.release();
    await expect(limits.acquire({ account: "other", run: "a", signal: AbortSignal.abort("enough") })).rejects.toBe(
      "enough",
    );
    expect([limits.state(), clock.pending]).toEqual([{ acme: idle }, 0]);
  });

  it("hold for an account and for one model of it, whose name may have slashes", async () => {
    const { clock, limits, begun, ask } = setUp({ acme: { concurrency: 2 }, "acme/lab/big": { concurrency: 1 } });
    const first = await ask("acme", "lab/big");
    const permits: Permit[] = [];
    const keep = (permit: Permit) => permits.push(permit);
    const asked = [ask("acme", "lab/big"), ask("acme", "small"), ask("acme", "small")];
    const waiting = Promise.all(asked.map((permit) => permit.then(keep)));
    await clock.advance(0);
    expect(begun).toEqual(["acme/lab/big", "acme/small"]);
    expect(limits.state()).toEqual({
      acme: { active: 2, waiting: 2, pausedUntilMs: undefined },
      "acme/lab/big": { active: 1, waiting: 1, pausedUntilMs: undefined },
    });
    first.release();
    await clock.advance(0);
    expect(begun).toHaveLength(3);
    permits[0]?.release();
    await waiting;
    expect(begun).toHaveLength(4);
  });

  it("keep the place of an account free while a model's own limit is what is waited for", async () => {
    const { clock, begun, ask } = setUp({
      acme: { concurrency: 5 },
      "acme/big": { rate: { requests: 1, perMs: 1_000 } },
    });
    const all = Promise.all(Array.from({ length: 6 }, () => ask("acme", "big").then((permit) => permit.release())));
    await ask("acme", "small");
    expect(begun).toEqual(["acme/big", "acme/small"]);
    await clock.advance(5_000);
    await all;
    expect(begun).toHaveLength(7);
  });

  it("pause a model that has a limit of its own by itself, else its account", async () => {
    const { clock, limits, begun, ask } = setUp({ acme: {}, "acme/big": { concurrency: 9 } });
    limits.pause({ account: "acme", model: "big" }, 1_000);
    const big = ask("acme", "big");
    await ask("acme", "small");
    limits.pause({ account: "acme", model: "small" }, 2_000);
    limits.pause({ account: "unknown" }, 2_000);
    const small = ask("acme", "other");
    await clock.advance(1_999);
    expect(begun).toEqual(["acme/small"]);
    await clock.advance(1);
    await Promise.all([big, small]);
    expect(begun).toHaveLength(3);
  });

  it("never let more begin than account and model take together, and serve runs in turn across models", async () => {
    const calls = fc.array(
      fc.record({ model: fc.constantFrom("x", "y", "z"), run: fc.constantFrom("a", "b"), lastsMs: fc.nat(30) }),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(calls, async (given) => {
        const { clock, limits } = setUp({
          acme: { concurrency: 3 },
          "acme/x": { rate: { requests: 2, perMs: 50 } },
          "acme/y": { concurrency: 1 },
        });
        const active = { all: 0, y: 0 };
        const begunX: number[] = [];
        const all = given.map(async ({ model, run, lastsMs }) => {
          const permit = await limits.acquire({ account: "acme", model, run });
          active.all += 1;
          if (model === "x") begunX.push(clock.now());
          if (model === "y") active.y += 1;
          expect(active.all).toBeLessThanOrEqual(3);
          expect(active.y).toBeLessThanOrEqual(1);
          await new Promise<void>((resolve) => clock.schedule(resolve, lastsMs));
          active.all -= 1;
          if (model === "y") active.y -= 1;
          permit.release();
        });
        while (await clock.advanceToNext());
        await Promise.all(all);
        for (const [index, time] of begunX.entries()) {
          const later = begunX[index + 2];
          if (later !== undefined) expect(later - time).toBeGreaterThanOrEqual(50);
        }
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it("serve in turn a run that has one model and a run that has another", async () => {
    const { clock, limits } = setUp({ acme: { concurrency: 1 }, "acme/x": { concurrency: 1 } });
    const order: string[] = [];
    const hold = await limits.acquire({ account: "acme", run: "z" });
    const asked = ["a/x", "a/x", "a/x", "b/y", "b/y", "c/y"].map(async (text) => {
      const [run = "", model] = text.split("/");
      const permit = await limits.acquire({ account: "acme", model, run });
      order.push(text);
      permit.release();
    });
    hold.release();
    await Promise.all(asked);
    expect(order.slice(0, 3).sort()).toEqual(["a/x", "b/y", "c/y"]);
    expect(order).toHaveLength(6);
    expect(clock.pending).toBe(0);
  });

  it.each([
    [
      { limits: { acme: { concurency: 1 } } },
      'there is no option "limits.acme.concurency"; { concurrency, perSecond, rate } is expected.',
    ],
    [
      { limits: { acme: { concurrency: 0 } } },
      'option "limits.acme.concurrency": at least 1 is expected; the number 0 was given.',
    ],
    [
      { limits: 5 },
      'option "limits": an object of limits by account or account/model is expected; the number 5 was given.',
    ],
    [{ limits: {}, limit: {} }, 'there is no option "limit".'],
  ])("are refused with the options %j", (options, message) => {
    const create = () => createLimits({ clock: createFakeClock(), ...options } as unknown as LimitsOptions);
    expect(codeOf(create)).toBe("INVALID_OPTION");
    expect(messageOf(create)).toContain(message);
  });
});

const idle = { active: 0, waiting: 0, pausedUntilMs: undefined };
