import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { collect, image, video } from "../../test/run-support.js";
import { createFakeClock, scriptedAsset, scriptedProvider } from "../../test/support.js";
import { rejection } from "../../test/thrown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { JournalEntry } from "../journal/journal.js";
import { memoryJournal } from "../journal/memory-journal.js";
import { Pipeline } from "../pipeline/pipeline.js";
import type { Submission } from "../provider/provider.js";
import { createRuntime } from "./runtime.js";

describe("the end of a run", () => {
  it("ends with what was made so far when its journal fails, and starts nothing more", async () => {
    const memory = memoryJournal();
    const journal = {
      ...memory,
      append: async (entry: JournalEntry) => {
        if (entry.transition.state === "intent" && entry.transition.step === "b") throw new Error("disk full");
        await memory.append(entry);
      },
    };
    const fresh = scriptedProvider({ yields: "video", accepts: ["image"] });
    const error = await rejection(
      new Pipeline("p")
        .step(image, { name: "a", model: "m" })
        .step(fresh, { name: "b", model: "m", inputs: ["a"] })
        .run({ runtime: createRuntime({ journal }) }),
    );
    expect(error.code).toBe("JOURNAL_FAILED");
    expect(error.message).toContain("disk full");
    expect(fresh.calls).toEqual([]);
    expect(error.result?.steps.map((step) => step.state)).toEqual(["succeeded", "cancelled"]);
    expect(new TextDecoder().decode(await error.result?.step("a").bytes())).toBe("scripted image of image");
  });

  it.each(["run.planned", "ready", "intent", "submitted", "output", "succeeded"])(
    "keeps the result, ends the events and calls jobs back when the journal fails at %s",
    async (state) => {
      const clock = createFakeClock();
      const memory = memoryJournal();
      const append = async (entry: JournalEntry) => {
        if (entry.transition.state === state) throw new Error("disk full");
        await memory.append(entry);
      };
      const slow = scriptedProvider({
        yields: "image",
        script: [
          { kind: "pending", retryAfterMs: 10 },
          { kind: "done", output: { assets: [scriptedAsset("image/png", "paid")] } },
        ],
      });
      const run = new Pipeline("p")
        .step(slow, { name: "a", model: "m" })
        .step(image, { name: "b", model: "m" })
        .start({ runtime: createRuntime({ journal: { ...memory, append }, clock }) });
      while (await clock.advanceToNext());
      const error = await rejection(run.result);
      expect(error.code).toBe("JOURNAL_FAILED");
      for (const step of error.result?.steps ?? []) expect(["succeeded", "cancelled"]).toContain(step.state);
      expect((await collect(run.events)).at(-1)?.type).toBe("pipeline.failed");
      // What a job gave is there even though it could not be written down; a job under way is called back.
      const isMade = ["submitted", "output", "succeeded"].includes(state);
      expect(error.result?.step("b").assets).toHaveLength(isMade ? 1 : 0);
      if (state === "submitted") expect(slow.calls.map((call) => call.method)).toEqual(["submit", "cancel"]);
      expect(clock.pending).toBe(0);
    },
  );

  it("gives a finished run, and its last event, even when only its end could not be written down", async () => {
    const memory = memoryJournal();
    const append = async (entry: JournalEntry) => {
      if (entry.transition.state === "run.ended") throw new Error("disk full");
      await memory.append(entry);
    };
    const warnings: string[] = [];
    const logger = { debug() {}, info() {}, warn: (message: string) => warnings.push(message) };
    const run = new Pipeline("p")
      .step(image, { model: "m" })
      .start({ runtime: createRuntime({ journal: { ...memory, append }, logger }) });
    expect((await run.result).status).toBe("completed");
    expect((await collect(run.events)).at(-1)?.type).toBe("pipeline.completed");
    expect(warnings).toEqual(["The end of the run could not be written into its journal."]);
  });

  it("ends the steps beside one whose failure could not be written down", async () => {
    const memory = memoryJournal();
    const append = async (entry: JournalEntry) => {
      if (entry.transition.state === "failed") throw new Error("disk full");
      await memory.append(entry);
    };
    const broken = scriptedProvider({ yields: "image", script: [{ kind: "throws", error: new Error("no") }] });
    const hanging = scriptedProvider({ yields: "image", script: [{ kind: "hangs" }] });
    const error = await rejection(
      new Pipeline("p")
        .step(hanging, { name: "a", model: "m" })
        .step(broken, { name: "b", model: "m" })
        .run({ runtime: createRuntime({ journal: { ...memory, append } }) }),
    );
    expect(error.code).toBe("JOURNAL_FAILED");
    expect(error.result?.steps.map((step) => step.state)).toEqual(["cancelled", "failed"]);
  });

  it("fails with what was made so far: siblings finish, followers are skipped with the reason", async () => {
    const broken = scriptedProvider({
      name: "broken",
      yields: "image",
      script: [{ kind: "failed", error: new GenblazeError("CONTENT_POLICY", "refused") }],
    });
    const error = await rejection(
      new Pipeline("p")
        .step(broken, { name: "bad", model: "m" })
        .step(video, { name: "after", model: "m", inputs: ["bad"] })
        .step(image, { name: "good", model: "m" })
        .run(),
    );
    expect(error.code).toBe("RUN_FAILED");
    expect(error.message).toContain('Step "bad" (broken/m): refused');
    expect(GenblazeError.isInstance(error.cause) && error.cause.code).toBe("CONTENT_POLICY");
    expect(error.result?.steps.map((step) => step.state)).toEqual(["failed", "skipped", "succeeded"]);
    expect(error.result?.run.status).toBe("failed");
    expect(error.result?.run.steps[0]?.errorCode).toBe("content_policy");
    expect(error.result?.run.steps[1]?.error).toBe('Skipped, because "bad" did not succeed.');
    expect(error.result?.manifest.report().hashOk).toBe(true);
    expect(() => error.result?.step("bad").text).toThrow("refused");
  });

  it("returns a failed run instead when throwOnFailure is false", async () => {
    const broken = scriptedProvider({
      yields: "image",
      script: [{ kind: "throws", error: new GenblazeError("MODEL_ERROR", "gone") }],
    });
    const result = await new Pipeline("p").step(broken, { model: "m" }).run({ throwOnFailure: false });
    expect(result.status).toBe("failed");
    expect(result.error?.code).toBe("RUN_FAILED");
    expect(result.steps[0]?.error?.code).toBe("MODEL_ERROR");
  });

  it("bounds the real time of a step, also of a provider that never answers", async () => {
    const clock = createFakeClock();
    const deaf = scriptedProvider({ yields: "image", script: [{ kind: "done", output: {} }] });
    deaf.submit = () => new Promise(() => undefined);
    const run = new Pipeline("p")
      .step(deaf, { name: "a", model: "m", timeoutMs: 500 })
      .start({ runtime: createRuntime({ clock }) });
    await clock.advance(500);
    const error = await rejection(run.result);
    expect(error.result?.step("a").error?.code).toBe("TIMED_OUT");
    expect(error.message).toContain("took longer than its limit of 500 ms");
    expect(clock.pending).toBe(0);
  });

  it("ends the whole run at its time limit and keeps what was finished", async () => {
    const clock = createFakeClock();
    const hanging = scriptedProvider({ yields: "video", accepts: ["image"], script: [{ kind: "hangs" }] });
    const run = new Pipeline("p")
      .step(image, { name: "a", model: "m" })
      .step(hanging, { name: "b", model: "m", inputs: ["a"] })
      .start({ timeoutMs: 1_000, runtime: createRuntime({ clock }) });
    await clock.advance(1_000);
    const error = await rejection(run.result);
    expect(error.code).toBe("TIMED_OUT");
    expect(error.result?.status).toBe("failed");
    expect(error.result?.steps.map((step) => step.state)).toEqual(["succeeded", "cancelled"]);
    expect(clock.pending).toBe(0);
  });

  it("cancels on the caller's signal: jobs under way are called back, the rest is not begun", async () => {
    const clock = createFakeClock();
    const controller = new AbortController();
    const slow = scriptedProvider({
      name: "slow",
      yields: "image",
      script: [{ kind: "pending", operation: { id: "j" } }],
    });
    const run = new Pipeline("p")
      .step(slow, { name: "a", model: "m" })
      .step(video, { name: "b", model: "m", inputs: ["a"] })
      .start({ signal: controller.signal, runtime: createRuntime({ clock }) });
    await clock.advance(10);
    controller.abort("enough");
    const error = await rejection(run.result);
    expect(error.code).toBe("CANCELLED");
    expect(error.result?.status).toBe("cancelled");
    expect(error.result?.steps.map((step) => step.state)).toEqual(["cancelled", "skipped"]);
    expect(slow.calls.map((call) => call.method)).toEqual(["submit", "cancel"]);
    expect(slow.calls[1]?.operation).toEqual({ id: "j" });
    expect(clock.pending).toBe(0);
  });

  it("does not begin at all when the signal is already aborted", async () => {
    const fresh = scriptedProvider({ yields: "image" });
    const error = await rejection(new Pipeline("p").step(fresh, { model: "m" }).run({ signal: AbortSignal.abort() }));
    expect(error.code).toBe("CANCELLED");
    expect(fresh.calls).toEqual([]);
  });

  it("cancels when the reader of a stream leaves, and throws the failure at the end of one", async () => {
    const hanging = scriptedProvider({ yields: "image", script: [{ kind: "hangs" }] });
    let last = "";
    for await (const event of new Pipeline("p").step(hanging, { model: "m" }).stream()) {
      last = event.type;
      if (event.type === "step.progress") break;
    }
    expect(last).toBe("step.progress");
    const broken = scriptedProvider({ yields: "image", script: [{ kind: "throws", error: new Error("no") }] });
    const error = await rejection(collect(new Pipeline("p").step(broken, { model: "m" }).stream()));
    expect(error.code).toBe("RUN_FAILED");
  });

  it("prints an error of a run without the whole run", async () => {
    const broken = scriptedProvider({ yields: "image", script: [{ kind: "throws", error: new Error("no") }] });
    const error = await rejection(new Pipeline("p").step(broken, { model: "m" }).run());
    expect(error.result?.status).toBe("failed");
    expect(Object.keys(error)).not.toContain("result");
    expect(inspect(error)).not.toContain("manifest");
  });

  it("calls a job back that was accepted only after the cancel", async () => {
    let answer: (late: Submission) => void = () => undefined;
    const slow = scriptedProvider({ yields: "image" });
    slow.submit = () => new Promise((resolve) => (answer = resolve));
    const run = new Pipeline("p").step(slow, { model: "m" }).start();
    run.on("step.started", () => setImmediate(() => run.cancel()));
    expect((await rejection(run.result)).code).toBe("CANCELLED");
    answer({ status: "pending", operation: { id: "late" } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(slow.calls.map((call) => [call.method, call.operation])).toEqual([["cancel", { id: "late" }]]);
  });

  it("does not wait for a sink that hangs longer than the run may take, and keeps the result", async () => {
    const clock = createFakeClock();
    const sink = { name: "deaf", write: () => new Promise<never>(() => undefined) };
    const run = new Pipeline("p")
      .step(image, { model: "m" })
      .start({ sink, timeoutMs: 1_000, runtime: createRuntime({ clock }) });
    await clock.advance(1_000);
    const error = await rejection(run.result);
    expect([error.code, error.result?.status]).toEqual(["SINK_FAILED", "completed"]);
    expect(error.message).toContain("took longer than its limit of 1000 ms");
  });
});
