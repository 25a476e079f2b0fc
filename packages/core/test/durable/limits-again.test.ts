import { describe, expect, it } from "vitest";
import { createRuntime, GenblazeError, Pipeline } from "../../src/index.js";
import { finish } from "../graph/graph-support.js";
import { createFakeClock } from "../support.js";
import { done, jobs, pending } from "./waiting-support.js";

describe("the limits of an account", () => {
  it("count a job that is gone on with, so that nobody begins one beside it", async () => {
    const clock = createFakeClock();
    const endsAt = clock.now() + 60_000;
    const provider = jobs(clock, { poll: () => (clock.now() < endsAt ? pending() : done) });
    const runtime = createRuntime({ clock, random: () => 0, limits: { jobs: { concurrency: 1 } } });
    const step = { model: "m", attemptTimeoutMs: 10_000 };
    const first = await finish(
      new Pipeline("p").step(provider, { name: "a", ...step }).start({ runtime, throwOnFailure: false }),
      clock,
    );
    expect(first.result.step("a").error?.details.limit).toBe("attempt");
    const again = first.result.resume({ throwOnFailure: false });
    again.result.catch(() => undefined);
    await clock.advance(1_000);
    const other = new Pipeline("q").step(provider, { name: "b", model: "m" }).start({ runtime });
    await clock.advance(1_000);
    expect([runtime.limits.state().jobs, provider.submits.length]).toMatchObject([{ active: 1, waiting: 1 }, 1]);
    while (provider.submits.length < 2 && (await clock.advanceToNext()));
    expect((await again.result).step("a").error?.details.limit).toBe("attempt");
    while (runtime.limits.state().jobs?.active !== 0 && (await clock.advanceToNext()));
    expect((await other.result).status).toBe("completed");
  });

  it("have each request that is tried again wait for its turn in the rate", async () => {
    const clock = createFakeClock();
    let asked = 0;
    const provider = jobs(clock, {
      submit: () => {
        asked += 1;
        if (asked < 4) throw new GenblazeError("RATE_LIMITED", "slow down", { retryAfterMs: 1_000 });
        return done;
      },
    });
    const limits = { jobs: { rate: { requests: 1, perMs: 60_000 } } };
    const runtime = createRuntime({ clock, random: () => 0, limits });
    const handle = new Pipeline("p").step(provider, { name: "a", model: "m" }).start({ runtime });
    expect((await finish(handle, clock)).result.status).toBe("completed");
    expect(provider.submits).toEqual([0, 60_000, 120_000, 180_000]);
    expect(runtime.limits.state().jobs).toMatchObject({ active: 0, waiting: 0 });
  });
});
