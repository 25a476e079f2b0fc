import { describe, expect, it } from "vitest";
import { createRuntime, Pipeline } from "../../src/index.js";
import { memoryJournal, resume } from "../../src/journal/index.js";
import { createFakeClock } from "../support.js";
import { rejection } from "../thrown.js";
import { finishRun, refusal, vendor } from "./targets-support.js";

const quick = { retry: "off" } as const;

describe("a step with fallbacks", () => {
  it("asks the next provider with parameters of its own, and says so in events and the manifest", async () => {
    const luma = vendor("luma", { refuses: [refusal("MODEL_ERROR", "no such model")] });
    const google = vendor("google", { costUsd: 2 });
    const handle = new Pipeline("film")
      .step(luma, {
        name: "clip",
        model: "ray-2",
        prompt: "a boat",
        params: { seed: 7, aspectRatio: "16:9", loop: true },
        providerOptions: { concept: "dolly" },
        fallbacks: [{ provider: google, model: "veo", params: { durationSeconds: 8 } }],
      })
      .start();
    const { manifest, steps, run } = await handle.result;
    expect(google.log.submits.map(({ request }) => request)).toMatchObject([
      {
        model: "veo",
        prompt: "a boat",
        seed: 7,
        params: { aspectRatio: "16:9", durationSeconds: 8 },
        providerOptions: {},
      },
    ]);
    const events: unknown[] = [];
    for await (const event of handle.events) {
      if (event.type === "step.fallback") events.push([event.from, event.provider, event.model, event.errorCode]);
    }
    expect(events).toEqual([[{ provider: "luma", model: "ray-2" }, "google", "veo", "MODEL_ERROR"]]);
    const [step] = run.steps;
    expect(step).toMatchObject({ provider: "google", model: "veo", status: "succeeded", costUsd: 2 });
    expect(step?.metadata).toMatchObject({
      fallback_from: "ray-2",
      fallback_model: "veo",
      fallback_from_provider: "luma",
    });
    expect(step?.providerPayload.attempts).toEqual([
      {
        provider: "luma",
        model: "ray-2",
        outcome: "refused",
        cost_usd: 0,
        error_code: "MODEL_ERROR",
        error: "no such model",
      },
      { provider: "google", model: "veo", outcome: "answered", cost_usd: 2 },
    ]);
    expect(steps[0]?.warnings).toEqual([expect.objectContaining({ option: "params.loop" })]);
    expect(manifest.verify()).toBe(true);
  });

  it("asks another model of its provider with all of its parameters, less those that it takes out", async () => {
    const gmi = vendor("gmi", { refuses: [refusal("RATE_LIMITED")] });
    const step = { model: "a", params: { size: "2K", style: "ink" }, providerOptions: { tier: 1 }, ...quick };
    const { run } = await new Pipeline("p")
      .step(gmi, { ...step, fallbacks: [{ model: "b", params: { style: undefined } }] })
      .run();
    const asked = gmi.log.submits.map(({ request: { model, params, providerOptions } }) => ({
      model,
      params,
      providerOptions,
    }));
    expect(asked[1]).toEqual({ model: "b", params: { size: "2K" }, providerOptions: { tier: 1 } });
    expect(run.steps[0]?.metadata).toMatchObject({ _fallback_models: ["b"], fallback_from: "a", fallback_model: "b" });
  });

  it("gives each request a key of its own", async () => {
    const one = vendor("one", { refuses: [refusal("MODEL_ERROR")] });
    const two = vendor("two");
    await new Pipeline("p").step(one, { model: "m", fallbacks: [{ provider: two, model: "m" }] }).run({ runId: "r" });
    const keys = [...one.log.submits, ...two.log.submits].map(({ key }) => key.split("/").slice(2));
    expect(keys).toEqual([[], ["2"]]);
  });

  it.each(["INVALID_INPUT", "AUTH_FAILED", "CONTENT_POLICY", "BUDGET_EXCEEDED"] as const)(
    "does not ask the next one after %s",
    async (code) => {
      const one = vendor("one", { refuses: [refusal(code)] });
      const two = vendor("two");
      const error = await rejection(
        new Pipeline("p").step(one, { model: "m", ...quick, fallbacks: [{ provider: two, model: "m" }] }).run(),
      );
      expect([error.code, two.log.submits.length]).toEqual(["RUN_FAILED", 0]);
    },
  );

  it("asks the next one after what the step names, and only that", async () => {
    const run = async (code: "CONTENT_POLICY" | "MODEL_ERROR") => {
      const one = vendor("one", { refuses: [refusal(code)] });
      const two = vendor("two");
      const step = { model: "m", fallbackOn: ["content_policy"], fallbacks: [{ provider: two, model: "m" }] } as const;
      const { status } = await new Pipeline("p").step(one, step).run({ throwOnFailure: false });
      return status;
    };
    expect(await run("CONTENT_POLICY")).toBe("completed");
    expect(await run("MODEL_ERROR")).toBe("failed");
  });

  it("goes through all of them, and names those before in the last error", async () => {
    const [one, two, three] = ["one", "two", "three"].map((name) =>
      vendor(name, { refuses: [refusal("MODEL_ERROR", `${name} is gone`)] }),
    );
    if (one === undefined || two === undefined || three === undefined) throw new Error("three vendors are expected");
    const fallbacks = [
      { provider: two, model: "b" },
      { provider: three, model: "c" },
    ];
    const { steps } = await new Pipeline("p").step(one, { model: "a", fallbacks }).run({ throwOnFailure: false });
    expect(steps[0]?.error?.message).toBe(
      "three is gone (three/c was asked last; before it, one/a (MODEL_ERROR), then two/b (MODEL_ERROR) could not.)",
    );
  });

  it("does not ask another one while it is not known whether a job was taken", async () => {
    const ambiguous = new Error("socket hang up");
    const one = vendor("one", { refuses: [ambiguous, ambiguous] });
    const two = vendor("two");
    const pipeline = new Pipeline("p").step(one, { model: "m", fallbacks: [{ provider: two, model: "m" }] });
    const { steps } = await pipeline.run({ throwOnFailure: false });
    expect([steps[0]?.error?.code, two.log.submits.length]).toEqual(["SUBMIT_UNKNOWN", 0]);
  });

  it("asks the next one when a job failed late, and when one that is slow was called back", async () => {
    const clock = createFakeClock();
    const runtime = createRuntime({ clock, random: () => 0 });
    const late = vendor("late", { takesMs: 5_000, jobFails: refusal("SERVER_ERROR", "the worker died") });
    const two = vendor("two");
    const handle = new Pipeline("p")
      .step(late, { model: "m", fallbacks: [{ provider: two, model: "m" }] })
      .start({ runtime });
    expect((await finishRun(handle, clock)).run.steps[0]).toMatchObject({ provider: "two" });
  });

  it("does not ask the next one for a result that is there and could not be kept", async () => {
    const one = vendor("one");
    const two = vendor("two");
    const createSpoolStorage = () => ({
      put: () => Promise.reject(new Error("the disk is full")),
      get: () => Promise.reject(new Error("the disk is full")),
    });
    const runtime = createRuntime({ createSpoolStorage: createSpoolStorage as never });
    const { steps } = await new Pipeline("p")
      .step(one, { model: "m", fallbacks: [{ provider: two, model: "m" }] })
      .run({ runtime, throwOnFailure: false });
    expect([steps[0]?.state, two.log.submits.length]).toEqual(["failed", 0]);
  });

  it("goes on with the fallback that was asked when its process died, and keeps what it gave", async () => {
    const clock = createFakeClock();
    const journal = memoryJournal();
    const build = () => {
      const one = vendor("one", { refuses: [refusal("MODEL_ERROR"), refusal("MODEL_ERROR")] });
      const two = vendor("two", { takesMs: 60_000 });
      const fallbacks = [{ provider: two, model: "m" }];
      return { one, two, pipeline: new Pipeline("p").step(one, { name: "clip", model: "m", fallbacks }) };
    };
    const first = build();
    const cut = first.pipeline.start({
      runtime: createRuntime({ clock, random: () => 0 }),
      journal,
      runId: "r",
      timeoutMs: 1_000,
    });
    cut.result.catch(() => undefined);
    await clock.advance(2_000);
    expect((await rejection(cut.result)).code).toBe("TIMED_OUT");
    const second = build();
    const handle = await resume("r", {
      journal,
      pipeline: second.pipeline,
      runtime: createRuntime({ clock, random: () => 0 }),
    });
    const result = await finishRun(handle, clock);
    expect(result.run.steps[0]).toMatchObject({ provider: "two", status: "succeeded" });
    expect([second.one, second.two].map(({ log }) => log.submits.length)).toEqual([0, 0]);
  });
});

describe("options of fallbacks", () => {
  const one = vendor("one");
  const make = (options: object) => () => new Pipeline("p").step(one, { name: "clip", model: "m", ...options });

  it("are refused where they are wrong", () => {
    expect(make({ fallbacks: [{ model: "" }] })).toThrow(/fallbacks/);
    expect(make({ fallbacks: [{ model: "n", prompt: "x" }] })).toThrow(/fallbacks/);
    expect(make({ fallbackOn: ["auth_failure"] })).toThrow(/one of model_error, rate_limit/);
    expect(make({ hedge: { afterMs: 5 } })).toThrow(/there is none. Give the step `fallbacks`/);
    expect(make({ fallbacks: [{ provider: { ...one, yields: "video" }, model: "n" }] })).toThrow(
      /fallback 1: one yields/,
    );
  });

  it("are checked by the plan as the step is", () => {
    const strict = { ...vendor("strict"), knownModelsOnly: true as const, models: { good: {} } };
    const fallbacks = [{ provider: strict, model: "bad" as "good" }];
    expect(() => new Pipeline("p").step(one, { name: "clip", model: "m", fallbacks }).plan()).toThrow(
      /strict has no model "bad"/,
    );
  });
});
