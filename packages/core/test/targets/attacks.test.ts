import { describe, expect, it } from "vitest";
import { createRuntime, Pipeline, type RunEvent } from "../../src/index.js";
import { memoryJournal, resume } from "../../src/journal/index.js";
import { createFakeClock } from "../support.js";
import { finishRun, refusal, type VendorOptions, vendor } from "./targets-support.js";

type Made = ReturnType<typeof vendor>;

/** A hedged step of two vendors, the second asked after 10 s. */
function hedged(
  slow: VendorOptions | Made,
  fast: VendorOptions | Made,
  more: object = {},
  runtimeOptions: object = {},
) {
  const clock = createFakeClock();
  const runtime = createRuntime({ clock, random: () => 0, retry: "off", ...runtimeOptions });
  const make = (name: string, made: VendorOptions | Made): Made => ("log" in made ? made : vendor(name, made));
  const [first, second] = [make("slow", slow), make("fast", fast)];
  const options = {
    name: "clip",
    model: "m",
    fallbacks: [{ provider: second, model: "m" }],
    hedge: { afterMs: 10_000 },
  };
  const pipeline = new Pipeline("p").step(first, { ...options, ...more });
  return { clock, runtime, first, second, pipeline };
}

/** A vendor whose polls fail without a word of the job. */
function unreachable(options: VendorOptions): Made {
  const made = vendor("slow", options);
  return { ...made, poll: () => Promise.reject(refusal("SERVER_ERROR", "503")) };
}

describe("what hedges do to jobs", () => {
  it("keeps the job of a vendor that cannot be reached, though the hedge failed last: it is followed on resume", async () => {
    const slow = unreachable({ takesMs: 12_000, cannotCancel: true });
    const { clock, runtime, pipeline } = hedged(slow, { takesMs: 20_000, jobFails: refusal("MODEL_ERROR") });
    const journal = memoryJournal();
    const failed = await finishRun(pipeline.start({ runtime, journal, runId: "r", throwOnFailure: false }), clock);
    expect(failed.status).toBe("failed");
    const again = vendor("slow", { takesMs: 1 });
    const { pipeline: better } = hedged(again, {});
    const resumed = resume("r", {
      journal,
      pipeline: better,
      runtime: createRuntime({ clock }),
      throwOnFailure: false,
    });
    expect((await finishRun(resumed, clock)).run.steps[0]?.provider).toBe("slow");
    expect([slow.log.submits.length, again.log.submits.length]).toEqual([1, 0]);
  });

  it("waits for the slow one when the hedge cannot even be prepared", async () => {
    const state = { isPlanned: false };
    const fast: Made = {
      ...vendor("fast"),
      prepare(request) {
        if (state.isPlanned) throw refusal("INVALID_INPUT", "not this one");
        return { body: request };
      },
    };
    const { clock, runtime, first, pipeline } = hedged({ takesMs: 30_000 }, fast);
    const handle = pipeline.start({ runtime, throwOnFailure: false });
    state.isPlanned = true;
    const { status } = await finishRun(handle, clock);
    expect([status, first.log.submits.length]).toEqual(["completed", 1]);
  });

  it("pays for nobody else while an output is there and is being judged", async () => {
    const clock = createFakeClock();
    const slowGuard = {
      name: "slow",
      checkOutput: () =>
        new Promise<{ allowed: true }>((resolve) => clock.schedule(() => resolve({ allowed: true }), 60_000)),
    };
    const { runtime, second, pipeline } = hedged({ takesMs: 5_000 }, {}, { guards: [slowGuard] }, { clock });
    const { run } = await finishRun(pipeline.start({ runtime }), clock);
    expect([run.steps[0]?.provider, second.log.submits.length]).toEqual(["slow", 0]);
  });

  it("says first that it is not known whether a job was taken, whoever failed last", async () => {
    const slow = vendor("slow");
    const lost: Made = {
      ...slow,
      submit: (_, { clock }) =>
        new Promise((_resolve, reject) => clock.schedule(() => reject(new Error("socket hang up")), 15_000)),
    };
    const { clock, runtime, pipeline } = hedged(lost, { takesMs: 30_000, jobFails: refusal("MODEL_ERROR") });
    const { steps } = await finishRun(pipeline.start({ runtime, throwOnFailure: false }), clock);
    expect(steps[0]?.error?.code).toBe("SUBMIT_UNKNOWN");
  });

  it("does not wait for a loser that never answers its submit, nor for one that ignores that it was ended", async () => {
    const slow = vendor("slow");
    const deaf: Made = { ...slow, submit: () => new Promise(() => undefined) };
    const { clock, runtime, pipeline } = hedged(deaf, { takesMs: 1_000 });
    const { run, elapsedMs } = await finishRun(pipeline.start({ runtime }), clock);
    expect([run.steps[0]?.provider, elapsedMs, clock.pending]).toEqual(["fast", 11_000, 0]);
  });

  it("takes one of two that end at the same tick, and counts both", async () => {
    const { clock, runtime, pipeline } = hedged({ takesMs: 15_000, costUsd: 3 }, { takesMs: 5_000, costUsd: 1 });
    const { run, status } = await finishRun(pipeline.start({ runtime }), clock);
    expect([status, run.steps[0]?.assets.length, clock.pending]).toEqual(["completed", 1, 0]);
  });

  it("gets nothing stuck when both stand in line for one place of an account", async () => {
    const same = vendor("slow", { takesMs: 60_000 });
    const { clock, runtime, pipeline } = hedged(same, same, {}, { limits: { slow: { concurrency: 1 } } });
    const { status } = await finishRun(pipeline.start({ runtime }), clock);
    expect([status, same.log.submits.length, clock.pending]).toEqual(["completed", 1, 0]);
  });

  it("is cancelled before the hedge is asked", async () => {
    const { clock, runtime, first, second, pipeline } = hedged({ takesMs: 60_000 }, {});
    const handle = pipeline.start({ runtime, throwOnFailure: false });
    await clock.advance(5_000);
    handle.cancel();
    const { status } = await finishRun(handle, clock);
    expect([status, first.log.cancels.length, second.log.submits.length, clock.pending]).toEqual([
      "cancelled",
      1,
      0,
      0,
    ]);
  });

  it("names in each report of progress who reports", async () => {
    const fast = vendor("fast", { takesMs: 5_000 });
    const telling: Made = {
      ...fast,
      async submit(prepared, context) {
        context.onProgress({ fraction: 0.5 });
        return fast.submit(prepared, context);
      },
    };
    const { clock, runtime, pipeline } = hedged({ takesMs: 60_000 }, telling);
    const events: RunEvent[] = [];
    await finishRun(pipeline.start({ runtime, onEvent: (event) => events.push(event) }), clock);
    const reports = events.filter((event) => event.type === "step.progress" && "fraction" in event);
    expect(reports).toMatchObject([{ provider: "fast", model: "m", fraction: 0.5 }]);
  });
});

describe("a list of fallbacks that is another one when the run goes on", () => {
  it("calls back and follows no job at a vendor that does not have it", async () => {
    const clock = createFakeClock();
    const journal = memoryJournal();
    const build = (names: readonly string[], made: Map<string, Made>) => {
      const refuses = [refusal("MODEL_ERROR"), refusal("MODEL_ERROR")];
      const fallbacks = names.map((name) => {
        const provider = vendor(name, { takesMs: 60_000 });
        made.set(name, provider);
        return { provider, model: "m" };
      });
      return new Pipeline("p").step(vendor("one", { refuses }), { name: "clip", model: "m", fallbacks });
    };
    const [before, after] = [new Map<string, Made>(), new Map<string, Made>()];
    const runtime = createRuntime({ clock, retry: "off" });
    const cut = build(["two", "three"], before).start({ runtime, journal, runId: "r", timeoutMs: 1_000 });
    await finishRun(cut, clock).catch(() => undefined);
    const pipeline = build(["three", "two"], after);
    const handle = resume("r", { journal, pipeline, runtime, onChange: "continue", throwOnFailure: false });
    await finishRun(handle, clock);
    expect(before.get("two")?.log.submits).toHaveLength(1);
    expect([after.get("three")?.log.polls.length, after.get("three")?.log.cancels.length]).toEqual([
      after.get("three")?.log.submits.length,
      0,
    ]);
  });
});

describe("private steps with fallbacks", () => {
  it("say no private word in events, journal, manifest or errors", async () => {
    const secret = "the-hidden-word";
    const one = vendor("one", { refuses: [refusal("MODEL_ERROR", `cannot paint ${secret}`)] });
    const two = vendor("two", { refuses: [refusal("MODEL_ERROR", `cannot either: ${secret} fallback-secret`)] });
    const journal = memoryJournal();
    const events: RunEvent[] = [];
    const fallbacks = [{ provider: two, model: "m", params: { style: "fallback-secret" } }];
    const options = { name: "clip", model: "m", prompt: secret, promptVisibility: "private" as const, fallbacks };
    const result = await new Pipeline("p")
      .step(one, { ...options, params: { style: "own" }, privateParams: ["style"] } as never)
      .run({ journal, runId: "r", throwOnFailure: false, onEvent: (event) => events.push(event) });
    const entries: unknown[] = [];
    for await (const entry of journal.read("r")) entries.push(entry);
    const all = JSON.stringify([events, entries, result.run, result.steps.map(({ error }) => error?.message)]);
    expect([all.includes(secret), all.includes("fallback-secret")]).toEqual([false, false]);
    expect(two.log.submits[0]?.request).toMatchObject({ prompt: secret, params: { style: "fallback-secret" } });
  });
});
