import { describe, expect, it } from "vitest";
import { z } from "zod";
import { collect, image, video } from "../../test/run-support.js";
import { createFakeClock, scriptedAsset, scriptedProvider } from "../../test/support.js";
import { rejection } from "../../test/thrown.js";
import { memoryJournal } from "../journal/memory-journal.js";
import { Pipeline } from "../pipeline/pipeline.js";
import type { RunEvent } from "./run-events.js";
import { createRuntime } from "./runtime.js";

describe("a run", () => {
  it("gives two equal runs the same manifest hash", async () => {
    const pipeline = new Pipeline("p")
      .step(image, { name: "a", model: "m", prompt: "x" })
      .step(video, { model: "m", inputs: ["a"] });
    const [one, two] = await Promise.all([pipeline.run(), pipeline.run()]);
    expect(one.runId).not.toBe(two.runId);
    expect(one.manifest.canonicalHash).toBe(two.manifest.canonicalHash);
  });

  it("pins the manifest hash of a small run", async () => {
    const { manifest } = await new Pipeline("pinned").step(image, { name: "frame", model: "m", prompt: "a cat" }).run();
    expect(manifest.canonicalHash).toBe("60fdf1f51861e8ee75517f8ba5296c5a0d6951495a80a4221e5b5f571c774ea5");
  });

  it("reports every event in order, the same to listeners, readers and onEvent", async () => {
    const heard: string[] = [];
    const seen: RunEvent[] = [];
    const run = new Pipeline("p")
      .step(image, { name: "a", model: "m" })
      .step(video, { name: "b", model: "m", inputs: ["a"] })
      .start({ onEvent: (event) => seen.push(event) });
    run.on("step.completed", (event) => heard.push(event.step));
    const events = await collect(run.events);
    expect(events.map((event) => ("step" in event ? `${event.type} ${event.step}` : event.type))).toEqual([
      "pipeline.started",
      "step.queued b",
      "step.started a",
      "step.progress a",
      "step.progress a",
      "step.completed a",
      "step.started b",
      "step.progress b",
      "step.progress b",
      "step.completed b",
      "pipeline.completed",
    ]);
    expect(events.map((event) => event.sequence)).toEqual(events.map((_, index) => index));
    expect(seen).toEqual(events);
    expect(await collect(run.events)).toEqual(events);
    expect(heard).toEqual(["a", "b"]);
  });

  it("goes on when a listener throws, and says so to the logger", async () => {
    const warnings: string[] = [];
    const logger = { debug() {}, info() {}, warn: (message: string) => warnings.push(message) };
    const run = new Pipeline("p").step(image, { model: "m" }).start({ runtime: createRuntime({ logger }) });
    run.on("step.completed", () => {
      throw new Error("mine");
    });
    expect((await run.result).status).toBe("completed");
    expect(warnings).toEqual(['A listener for "step.completed" threw.']);
  });

  it("writes every transition into the journal before the next begins", async () => {
    const journal = memoryJournal();
    const { runId } = await new Pipeline("p")
      .step(image, { name: "a", model: "m" })
      .run({ runtime: createRuntime({ journal }) });
    const states: string[] = [];
    for await (const entry of journal.read(runId)) states.push(`${entry.sequence} ${entry.transition.state}`);
    expect(states).toEqual(["0 run.planned", "1 ready", "2 intent", "3 output", "4 succeeded", "5 run.ended"]);
  });

  it("polls a pending job in the rhythm the provider asks for", async () => {
    const clock = createFakeClock();
    const slow = scriptedProvider({
      yields: "image",
      script: [
        { kind: "pending", operation: { id: "j" }, retryAfterMs: 2_000 },
        { kind: "pending", operation: { id: "j" }, fraction: 0.5, retryAfterMs: 3_000 },
        { kind: "done", output: { assets: [scriptedAsset("image/png", "x")] } },
      ],
    });
    const run = new Pipeline("p")
      .step(slow, { model: "m" })
      .start({ runtime: createRuntime({ clock, random: () => 0 }) });
    while (await clock.advanceToNext());
    const result = await run.result;
    expect(result.elapsedMs).toBe(5_000);
    expect(slow.calls.map((call) => call.method)).toEqual(["submit", "poll", "poll"]);
    expect(new Set(slow.calls.map((call) => call.idempotencyKey)).size).toBe(1);
  });

  it("refuses an input that does not fit, and one that nobody asked for", async () => {
    const typed = new Pipeline("p", { input: z.object({ n: z.number() }) }).step(image, { model: "m" });
    expect((await rejection(typed.run({ input: { n: "x" } as never }))).code).toBe("INPUT_INVALID");
    expect((await rejection(typed.run({} as never))).code).toBe("INPUT_INVALID");
    expect((await rejection(new Pipeline("p").step(image, { model: "m" }).run({ input: {} as never }))).code).toBe(
      "INPUT_INVALID",
    );
  });

  it("refuses unknown run options before anything starts", async () => {
    const fresh = scriptedProvider({ yields: "image" });
    const error = await rejection(new Pipeline("p").step(fresh, { model: "m" }).run({ timeoutMS: 5 } as never));
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain('Did you mean "timeoutMs"?');
    expect(fresh.calls).toEqual([]);
  });

  it("says which steps wait for a place under the concurrency limit", async () => {
    const run = new Pipeline("p")
      .step(image, { name: "a", model: "m" })
      .step(image, { name: "b", model: "m" })
      .start({ concurrency: 1 });
    const events = await collect(run.events);
    const queued = events.filter((event) => event.type === "step.queued");
    expect(queued.map((event) => [event.step, event.reason])).toEqual([["b", "concurrency_limit"]]);
  });

  it("stops one registration of a listener at a time, however often it is stopped", async () => {
    const heard: string[] = [];
    const hear = (event: RunEvent) => heard.push(event.type);
    const run = new Pipeline("p").step(image, { model: "m" }).start();
    const [stop] = [run.on("pipeline.started", hear), run.on("pipeline.started", hear)];
    run.on("step.completed", hear);
    stop();
    stop();
    await run.result;
    expect(heard).toEqual(["pipeline.started", "step.completed"]);
  });
});
