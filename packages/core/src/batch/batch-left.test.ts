import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createFakeClock, scriptedAsset, scriptedProvider } from "../../test/support.js";
import { memoryCache } from "../cache/memory-cache.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { from } from "../pipeline/reference.js";
import type { StepRequest } from "../provider/provider.js";
import { createRuntime } from "../run/runtime.js";
import { memoryStorage } from "../storage/memory-storage.js";
import { objectStorageSink } from "../storage/object-storage-sink.js";
import type { Sink } from "../storage/sink.js";
import { batch } from "./batch.js";
import { memoryLedger } from "./ledger.js";

/** Hangs for "slow", answers everything else. */
function posters() {
  const provider = scriptedProvider({
    yields: "image",
    script: ({ prompt = "" }: StepRequest) =>
      prompt.startsWith("slow")
        ? { kind: "hangs" }
        : { kind: "done", output: { assets: [{ mediaType: "image/png", bytes: Buffer.from(prompt) }] } },
  });
  const pipeline = new Pipeline("poster", { input: z.string() }).step(provider, {
    name: "poster",
    model: "m",
    prompt: from("input", (idea) => idea),
  });
  return { provider, pipeline };
}

/** A sink that is in the middle of a write until it is let go; it heeds its signal, as sinks do. */
function gatedSink(write: Sink["write"]) {
  let open: () => void = () => undefined;
  let begin: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const control = { writes: 0, open, begun };
  const sink: Sink = {
    name: "gated",
    async write(input, options) {
      control.writes += 1;
      begin();
      await gate;
      options?.signal?.throwIfAborted();
      return write(input, options);
    },
  };
  return { sink, control };
}

describe("a batch that is left while a run is being stored", () => {
  it("finishes the run that is paid for, cancels the one that waits for its provider, and pays for none twice", async () => {
    const { pipeline } = posters();
    const { sink, control } = gatedSink(objectStorageSink(memoryStorage()).write);
    const ledger = memoryLedger();
    const given = ["first", "stored late", "slow"];
    const run = batch(pipeline, given, {
      ledger,
      concurrency: 3,
      runOptions: (item) => ({ input: item, ...(item === "stored late" ? { sink } : {}) }),
    });
    for await (const { index } of run) {
      expect(index).toBe(0);
      await control.begun;
      // After the reader has left.
      setImmediate(control.open);
      break;
    }
    expect(await run.summary).toMatchObject({ completed: 2, cancelled: 1, failed: 0, errors: {}, endedBy: "left" });
    expect(control.writes).toBe(1);
    const again = posters();
    expect((await batch(again.pipeline, given.slice(0, 2), { ledger }).summary).doneBefore).toBe(2);
    expect(again.provider.calls).toEqual([]);
  });

  it("hands out what was stored after the signal aborted, with its receipt", async () => {
    const { pipeline } = posters();
    const { sink, control } = gatedSink(objectStorageSink(memoryStorage()).write);
    const abort = new AbortController();
    const run = batch(pipeline, ["a"], { signal: abort.signal, runOptions: { sink } });
    control.begun.then(() => {
      abort.abort();
      control.open();
    });
    let seen = 0;
    // It does not throw at the end: all items are done, so that the abort has hit nothing.
    for await (const { status, error, result } of run) {
      seen += 1;
      expect([status, error, result?.status, result?.error]).toEqual(["completed", undefined, "completed", undefined]);
      expect(result?.stored?.manifestUrl).toMatch(/^memory:/);
      expect(result?.manifest.manifestUri).toBe(result?.stored?.manifestUrl);
    }
    expect(seen).toBe(1);
    expect((await run.summary).endedBy).toBe("items");
  });

  it("fails a run whose sink fails after the batch was left, with the sink's error", async () => {
    const { pipeline } = posters();
    const { sink, control } = gatedSink(async () => {
      throw new GenblazeError("SINK_FAILED", "no space");
    });
    const abort = new AbortController();
    const run = batch(pipeline, ["a"], { signal: abort.signal, runOptions: { sink } });
    const { summary } = run;
    await control.begun;
    abort.abort();
    control.open();
    expect(await summary).toMatchObject({ failed: 1, cancelled: 0, errors: { SINK_FAILED: 1 } });
    expect((await summary).failures[0]?.message).toContain("no space");
  });

  it("lets the run's own time limit end the writing", async () => {
    const { pipeline } = posters();
    const { sink, control } = gatedSink(objectStorageSink(memoryStorage()).write);
    const clock = createFakeClock();
    const run = batch(pipeline, ["a"], { runtime: createRuntime({ clock }), runOptions: { sink, timeoutMs: 20 } });
    const { summary } = run;
    await control.begun;
    await clock.advanceToNext();
    expect(await summary).toMatchObject({ failed: 1, errors: { SINK_FAILED: 1 }, endedBy: "items" });
  });

  it("is still over when the run's time limit is, though the sink heeds nothing", async () => {
    const { pipeline } = posters();
    const signals: (AbortSignal | undefined)[] = [];
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const deaf: Sink = {
      name: "deaf",
      write: (_, options) => {
        signals.push(options?.signal);
        begin();
        return new Promise(() => undefined);
      },
    };
    const clock = createFakeClock();
    const abort = new AbortController();
    const run = batch(pipeline, ["a"], {
      signal: abort.signal,
      runtime: createRuntime({ clock }),
      runOptions: { sink: deaf, timeoutMs: 20 },
    });
    const { summary } = run;
    await begun;
    abort.abort();
    expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
    await clock.advance(20);
    expect(await summary).toMatchObject({ failed: 1, errors: { SINK_FAILED: 1 } });
    expect((await summary).failures[0]?.message).toBe(
      "The run completed. It was not stored: its sink was not done within the run's limit of 20 ms. Raise timeoutMs, or store it with result.store(sink).",
    );
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  });
});

describe("a batch whose items have failed half-way", () => {
  /** A frame, and a clip of it that fails so many times. */
  function films(failures: number) {
    // Two equal frames would make two equal clips, of which one is paid for.
    const image = scriptedProvider({
      name: "painter",
      yields: "image",
      script: ({ prompt = "" }) => ({ kind: "done", output: { assets: [scriptedAsset("image/png", prompt)] } }),
    });
    const video = scriptedProvider({
      name: "mover",
      yields: "video",
      accepts: ["image"],
      script: (_, call) =>
        call < failures
          ? { kind: "failed", error: new GenblazeError("SERVER_ERROR", "down") }
          : { kind: "done", output: { assets: [{ mediaType: "video/mp4", bytes: new Uint8Array([1]) }] } },
    });
    const pipeline = new Pipeline("film", { input: z.string() })
      .step(image, { name: "frame", model: "m", prompt: from("input", (idea) => idea) })
      .step(video, { name: "clip", model: "m", inputs: ["frame"] });
    return { image, video, pipeline };
  }

  it("goes on with each item in the same process, without paying for its done steps again", async () => {
    const { image, pipeline } = films(2);
    const clips: string[] = [];
    for await (const { status, result } of batch(pipeline, ["a", "b"])) {
      expect(status).toBe("failed");
      const resumed = await result?.resume().result;
      clips.push(resumed?.step("clip").state ?? "none");
    }
    expect([clips, image.calls.length]).toEqual([["succeeded", "succeeded"], 2]);
  });

  it("pays for done steps once over several batches that share a cache", async () => {
    const { image, video, pipeline } = films(2);
    const ledger = memoryLedger();
    const runtime = createRuntime({ cache: memoryCache() });
    expect((await batch(pipeline, ["a", "b"], { ledger, runtime }).summary).failed).toBe(2);
    expect((await batch(pipeline, ["a", "b"], { ledger, runtime }).summary).completed).toBe(2);
    expect([image.calls.length, video.calls.length]).toEqual([2, 4]);
  });

  it("pays for them again without one", async () => {
    const { image, pipeline } = films(2);
    const ledger = memoryLedger();
    await batch(pipeline, ["a", "b"], { ledger }).summary;
    await batch(pipeline, ["a", "b"], { ledger }).summary;
    expect(image.calls.length).toBe(4);
  });
});
