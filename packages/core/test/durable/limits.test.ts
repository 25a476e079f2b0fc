import { describe, expect, it } from "vitest";
import { createRuntime, GenblazeError, Pipeline } from "../../src/index.js";
import { finish, plainOutput, worker } from "../graph/graph-support.js";
import { createFakeClock } from "../support.js";
import { done, jobs, middle, pending } from "./waiting-support.js";

describe("limits of an account", () => {
  it("hold over all runs of a runtime, which have their turn one after the other", async () => {
    const clock = createFakeClock();
    let active = 0;
    let most = 0;
    const ended: string[] = [];
    const jobs = worker({ name: "vendor", yields: "image", takesMs: 1_000 });
    const counted = {
      ...jobs,
      submit: (...call: Parameters<typeof jobs.submit>) => {
        active += 1;
        most = Math.max(most, active);
        return jobs.submit(...call);
      },
      poll: async (...call: Parameters<NonNullable<typeof jobs.poll>>) => {
        const answer = await jobs.poll?.(...call);
        active -= 1;
        ended.push(jobs.asked[Number(call[0])]?.prompt ?? "");
        return answer ?? { status: "pending", operation: call[0] };
      },
    } satisfies typeof jobs;
    const runtime = createRuntime({ random: () => 0, clock, limits: { vendor: { concurrency: 2 } } });
    const make = (name: string) =>
      Pipeline.from(
        {
          name,
          steps: Array.from({ length: 4 }, (_, index) => ({
            provider: counted,
            model: "m",
            prompt: `${name}${index}`,
          })),
        },
        { runtime },
      );
    const [first, second] = [make("a").start(), make("b").start()];
    const both = Promise.all([first.result, second.result]);
    while (await clock.advanceToNext());
    const results = await both;
    expect(results.map(({ status }) => status)).toEqual(["completed", "completed"]);
    expect(most).toBe(2);
    expect(ended.slice(2).map((prompt) => prompt[0])).toEqual(["a", "b", "a", "b", "b", "b"]);
  });

  it("keep all who ask an account waiting that said when it takes more", async () => {
    const clock = createFakeClock();
    const asked: (readonly [string | undefined, number])[] = [];
    const busy = {
      ...worker({ name: "vendor", yields: "image" }),
      submit: async ({ body }: { readonly body: { readonly model: string; readonly prompt: string | undefined } }) => {
        asked.push([body.prompt, clock.now()]);
        if (asked.length > 1) return { status: "done" as const, output: plainOutput("image", "v", body as never) };
        throw new GenblazeError("RATE_LIMITED", "later", { retryAfterMs: 30_000 });
      },
    };
    const runtime = createRuntime({ clock, limits: { vendor: {} } });
    const pipeline = new Pipeline("p", { runtime })
      .step(busy, { name: "a", model: "m", prompt: "a" })
      .step(worker({ name: "other", yields: "text", takesMs: 10 }), { name: "wait", model: "m" })
      .step(busy, { name: "b", model: "m", prompt: "b", after: ["wait"] });
    const begun = clock.now();
    const { result } = await finish(pipeline.start(), clock);
    expect(result.status).toBe("completed");
    expect(asked.map(([prompt, at]) => [prompt, at - begun]).toSorted()).toEqual([
      ["a", 0],
      ["a", 30_000],
      ["b", 30_000],
    ]);
    expect(clock.pending).toBe(0);
  });

  it("hold back looks at jobs of an account that said when it may be asked again, also where nobody waits for a place", async () => {
    const clock = createFakeClock();
    const provider = jobs(clock, {
      poll(poll) {
        if (poll === 1) throw new GenblazeError("RATE_LIMITED", "later", { retryAfterMs: 30_000 });
        return poll < 4 ? pending() : done;
      },
    });
    const runtime = createRuntime({ clock, random: middle, limits: { jobs: {} } });
    const pipeline = new Pipeline("p", { runtime })
      .step(provider, { name: "a", model: "m", poll: { intervalMs: 1_000 } })
      .step(provider, { name: "b", model: "m", poll: { intervalMs: 2_000 } });
    const { result } = await finish(pipeline.start(), clock);
    expect([result.status, provider.polls]).toEqual(["completed", [1_000, 31_000, 32_450, 33_000, 36_450]]);
    expect(clock.pending).toBe(0);
  });

  it("leave no timer of a look that they hold back when the run is cancelled", async () => {
    const clock = createFakeClock();
    const provider = jobs(clock);
    const runtime = createRuntime({ clock, random: middle, limits: { jobs: {} } });
    const run = new Pipeline("p", { runtime })
      .step(provider, { name: "a", model: "m" })
      .start({ throwOnFailure: false });
    await clock.advance(500);
    runtime.limits.pause({ account: "jobs" }, 60_000);
    await clock.advance(5_000);
    run.cancel();
    const { result } = await finish(run, clock);
    expect([result.status, provider.polls, clock.pending]).toEqual(["cancelled", [], 0]);
  });
});
