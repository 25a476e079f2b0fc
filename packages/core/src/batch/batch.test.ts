import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { createFakeClock, scriptedProvider } from "../../test/support.js";
import { codeOf, messageOf, rejection } from "../../test/thrown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { bytesAsset } from "../pipeline/external-asset.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { from } from "../pipeline/reference.js";
import type { StepRequest } from "../provider/provider.js";
import { createRuntime } from "../run/runtime.js";
import { memoryStorage } from "../storage/memory-storage.js";
import { objectStorageSink } from "../storage/object-storage-sink.js";
import type { Sink } from "../storage/sink.js";
import { batch } from "./batch.js";
import type { BatchResult } from "./batch-result.js";
import { memoryLedger } from "./ledger.js";

const step = { provider: scriptedProvider({ yields: "image" }), model: "m" };
const Row = z.object({ idea: z.string() });

/** Fails for "bad", hangs for "slow", paints everything else. */
function painter() {
  return scriptedProvider({
    yields: "image",
    script: ({ prompt }: StepRequest) => {
      if (prompt?.includes("bad")) return { kind: "failed", error: new GenblazeError("RATE_LIMITED", "later") };
      if (prompt?.includes("slow")) return { kind: "hangs" };
      return { kind: "done", output: { assets: [{ mediaType: "image/png", bytes: Buffer.from(prompt ?? "") }] } };
    },
  });
}

function posters(provider = painter()) {
  return new Pipeline("poster", { input: Row }).step(provider, {
    name: "poster",
    model: "m",
    prompt: from("input", ({ idea }) => idea),
  });
}

const ideas = (...all: string[]) => all.map((idea) => ({ idea }));

async function collect<S>(run: AsyncIterable<BatchResult<S>>): Promise<BatchResult<S>[]> {
  const all: BatchResult<S>[] = [];
  for await (const result of run) all.push(result);
  return all;
}

const byIndex = <T extends { readonly index: number }>(all: readonly T[]) =>
  all.toSorted((left, right) => left.index - right.index);

describe("batch", () => {
  it("runs the pipeline once for each item and sums up", async () => {
    const clock = createFakeClock();
    const run = batch(posters(), ideas("boat", "harbour", "sea"), { runtime: createRuntime({ clock }) });
    const results = byIndex(await collect(run));
    expect(results.map(({ index, status, elapsedMs, costUsd }) => [index, status, elapsedMs, costUsd])).toEqual([
      [0, "completed", 0, null],
      [1, "completed", 0, null],
      [2, "completed", 0, null],
    ]);
    const bytes = await Promise.all(results.map(({ result }) => result?.step("poster").bytes()));
    expect(bytes.map((each) => new TextDecoder().decode(each))).toEqual(["boat", "harbour", "sea"]);
    for (const { runId, manifestHash, result } of results) {
      expect(runId).toBe(result?.runId);
      expect(manifestHash).toBe(result?.manifest.canonicalHash);
    }
    expect(new Set(results.map(({ runId }) => runId)).size).toBe(3);
    expect(await run.summary).toEqual({
      total: 3,
      completed: 3,
      failed: 0,
      cancelled: 0,
      waiting: 0,
      doneBefore: 0,
      elapsedMs: 0,
      costUsd: null,
      endedBy: "items",
      errors: {},
      failures: [],
    });
  });

  it("hands results out as they finish, not in the order of the items", async () => {
    const clock = createFakeClock();
    const provider = scriptedProvider({
      yields: "image",
      script: ({ prompt }: StepRequest, call) =>
        prompt === "first" && call < 2
          ? { kind: "pending", retryAfterMs: 1_000 }
          : { kind: "done", output: { assets: [{ mediaType: "image/png", bytes: new Uint8Array([1]) }] } },
    });
    const run = batch(posters(provider), ideas("first", "second"), {
      runtime: createRuntime({ clock, random: () => 0 }),
    });
    const reader = run[Symbol.asyncIterator]();
    expect((await reader.next()).value).toMatchObject({ index: 1, status: "completed", elapsedMs: 0 });
    const last = reader.next();
    while (await clock.advanceToNext());
    expect((await last).value).toMatchObject({ index: 0, status: "completed", elapsedMs: 1_000 });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect((await run.summary).elapsedMs).toBe(1_000);
  });

  it("goes on after a failed item, and says what failed", async () => {
    const run = batch(posters(), ideas("boat", "bad one", "sea"));
    const results = byIndex(await collect(run));
    expect(results.map(({ status }) => status)).toEqual(["completed", "failed", "completed"]);
    expect(results[1]?.error?.code).toBe("RUN_FAILED");
    expect(results[1]?.result?.status).toBe("failed");
    const summary = await run.summary;
    expect(summary).toMatchObject({ total: 3, completed: 2, failed: 1, endedBy: "items", errors: { RUN_FAILED: 1 } });
    expect(summary.failures).toEqual([
      {
        index: 1,
        key: results[1]?.key,
        runId: results[1]?.runId,
        code: "RUN_FAILED",
        message: results[1]?.error?.message,
      },
    ]);
  });

  it("fails an item whose input does not fit, or whose options cannot be made, before anything runs", async () => {
    const provider = painter();
    const rows = [{ idea: "boat" }, { idea: 7 }, { idea: "sea" }];
    const run = batch(posters(provider), rows, {
      runOptions: (row, index) => {
        if (index === 2) throw new Error("no such row");
        // The row is not of its type, as one from a file may be.
        return { input: row as { readonly idea: string } };
      },
    });
    const results = byIndex(await collect(run));
    expect(results.map(({ status, error }) => [status, error?.code])).toEqual([
      ["completed", undefined],
      ["failed", "INPUT_INVALID"],
      ["failed", "UNEXPECTED"],
    ]);
    expect(results.slice(1).map(({ result, costUsd }) => [result, costUsd])).toEqual([
      [undefined, 0],
      [undefined, 0],
    ]);
    expect(provider.calls.length).toBe(1);
  });

  it("begins nothing more after so many failures, and lets what is under way end", async () => {
    const provider = painter();
    const items = ideas("bad 1", "bad 2", "boat", "sea", "harbour");
    const run = batch(posters(provider), items, { concurrency: 1, stopAfterFailures: 2 });
    expect((await collect(run)).map(({ status }) => status)).toEqual(["failed", "failed"]);
    expect(await run.summary).toMatchObject({ total: 2, failed: 2, endedBy: "failures" });
    expect(provider.calls.length).toBe(2);
  });

  it("cancels what is under way when the signal aborts, hands it out, and throws CANCELLED", async () => {
    const control = new AbortController();
    const run = batch(posters(), ideas("boat", "slow 1", "slow 2", "never begun"), {
      concurrency: 2,
      signal: control.signal,
    });
    const seen: (readonly [number, string])[] = [];
    const reading = (async () => {
      for await (const { index, status } of run) {
        seen.push([index, status]);
        if (status === "completed") setImmediate(() => control.abort());
      }
    })();
    expect((await rejection(reading)).code).toBe("CANCELLED");
    expect(seen.toSorted()).toEqual([
      [0, "completed"],
      [1, "cancelled"],
      [2, "cancelled"],
    ]);
    expect(await run.summary).toMatchObject({ total: 3, completed: 1, cancelled: 2, endedBy: "cancelled" });
  });

  it("begins nothing when the signal has aborted before", async () => {
    const provider = painter();
    const run = batch(posters(provider), ideas("boat"), { signal: AbortSignal.abort() });
    expect((await rejection(collect(run))).code).toBe("CANCELLED");
    expect(await run.summary).toMatchObject({ total: 0, endedBy: "cancelled" });
    expect(provider.calls).toEqual([]);
  });

  it("cancels what is under way and waits for its end when the reader leaves early", async () => {
    const control = { returned: false };
    async function* source() {
      try {
        for (let index = 0; ; index++) yield { idea: index === 0 ? "boat" : "slow" };
      } finally {
        control.returned = true;
      }
    }
    const run = batch(posters(), source(), { concurrency: 3 });
    for await (const { index } of run) {
      expect(index).toBe(0);
      break;
    }
    expect(await run.summary).toMatchObject({ completed: 1, failed: 0, endedBy: "left" });
    expect((await run.summary).cancelled).toBeGreaterThan(0);
    expect(control.returned).toBe(true);
  });

  it("does not wait for a source that gives nothing when the reader leaves", async () => {
    async function* source() {
      yield { idea: "boat" };
      await new Promise(() => undefined);
    }
    const run = batch(posters(), source());
    for await (const { status } of run) {
      expect(status).toBe("completed");
      break;
    }
    expect(await run.summary).toMatchObject({ total: 1, completed: 1, endedBy: "left" });
  });

  it("throws the error of its source after the items under way have ended and were read", async () => {
    async function* source() {
      yield* ideas("boat", "sea");
      throw new Error("the file is torn");
    }
    const run = batch(posters(), source());
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { status } of run) seen.push(status);
    })();
    const error = await rejection(reading);
    expect([error.code, error.message]).toEqual([
      "UNEXPECTED",
      'Batch of pipeline "poster": its items could not be read on from item 2: Error: the file is torn',
    ]);
    expect(error.cause).toEqual(new Error("the file is torn"));
    expect(seen).toEqual(["completed", "completed"]);
    expect(await rejection(run.summary)).toBe(error);
  });

  it("keeps the code of an error that its source has given one", async () => {
    async function* source() {
      yield* ideas("boat");
      throw new GenblazeError("STORAGE_FAILED", "The table could not be read.", { retryAfterMs: 5 });
    }
    const error = await rejection(batch(posters(), source()).summary);
    expect([error.code, error.isRetryable, error.retryAfterMs, error.message]).toEqual([
      "STORAGE_FAILED",
      true,
      5,
      'Batch of pipeline "poster": its items could not be read on from item 1: The table could not be read.',
    ]);
  });

  it("names the item whose key could not be made", async () => {
    const key = ({ idea }: { readonly idea: string }) => {
      if (idea === "sea") throw new TypeError("no id");
      return idea;
    };
    const error = await rejection(batch(posters(), ideas("boat", "sea"), { key }).summary);
    expect([error.code, error.message]).toEqual([
      "UNEXPECTED",
      'Batch of pipeline "poster": its option key threw for item 1: TypeError: no id',
    ]);
  });

  it("runs without a reader when only the summary is asked for", async () => {
    const seen: number[] = [];
    const run = batch(posters(), ideas("boat", "bad", "sea"), { onResult: ({ index }) => void seen.push(index) });
    expect(await run.summary).toMatchObject({ total: 3, completed: 2, failed: 1 });
    expect(seen.toSorted()).toEqual([0, 1, 2]);
    expect((await rejection(collect(run).then())).code).toBe("INVALID_OPTION");
  });

  it("numbers its items where no ledger has to know them, and keeps nothing of each", async () => {
    const results = byIndex(await collect(batch(posters(), ideas("boat", "boat"))));
    expect(results.map(({ key }) => key)).toEqual(["item-0", "item-1"]);
  });

  it("leaves the results to a reader that begins right after the summary was asked for", async () => {
    const run = batch(posters(), ideas("boat"));
    const { summary } = run;
    expect((await collect(run)).length).toBe(1);
    expect((await summary).total).toBe(1);
  });

  it("runs nothing before it is read", async () => {
    const provider = painter();
    batch(posters(provider), ideas("boat"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(provider.calls).toEqual([]);
  });

  it("ends with what onResult throws, and still hands the item out", async () => {
    const seen: string[] = [];
    const run = batch(posters(), ideas("boat", "sea"), {
      concurrency: 1,
      onResult: async () => {
        throw new Error("no space");
      },
    });
    const reading = (async () => {
      for await (const { status } of run) seen.push(status);
    })();
    expect((await rejection(reading)).message).toBe(
      'Batch of pipeline "poster": its option onResult threw for item 0: Error: no space',
    );
    expect(seen).toEqual(["completed"]);
  });

  it("gives each run what a function of its item says", async () => {
    const video = scriptedProvider({ yields: "video", accepts: ["image"] });
    const films = new Pipeline("film", { accepts: ["image"] }).step(video, { model: "m", inputs: ["input"] });
    const storage = memoryStorage();
    const run = batch(films, [Buffer.from("a"), Buffer.from("b")], {
      runOptions: (bytes) => ({
        assets: [bytesAsset(new Uint8Array(bytes), "image/png")],
        sink: objectStorageSink(storage),
      }),
    });
    const results = await collect(run);
    expect(results.map(({ status, key, index }) => [status, key === `item-${index}`])).toEqual([
      ["completed", true],
      ["completed", true],
    ]);
    expect(results.every(({ result }) => result?.stored?.manifestUrl !== undefined)).toBe(true);
  });

  it("fails an item that could not be stored, and keeps its result for another sink", async () => {
    const full: Sink = {
      name: "full",
      write: async () => {
        throw new GenblazeError("SINK_FAILED", "no space");
      },
    };
    const ledger = memoryLedger();
    const run = batch(posters(), ideas("boat"), { runOptions: { sink: full }, ledger });
    const [result] = await collect(run);
    expect([result?.status, result?.error?.code, result?.result?.status]).toEqual([
      "failed",
      "SINK_FAILED",
      "completed",
    ]);
    const receipt = await result?.result?.store(objectStorageSink(memoryStorage()));
    expect(receipt?.manifest.canonicalHash).toBe(result?.manifestHash);
    expect((await batch(posters(), ideas("boat"), { ledger }).summary).doneBefore).toBe(0);
  });

  it("refuses wrong options at once, with the name of what is wrong", () => {
    const pipeline = posters();
    const bare = new Pipeline("bare").step(painter(), { model: "m", prompt: "boat" });
    expect(messageOf(() => batch(pipeline, [], { concurrency: 0 }))).toBe(
      'batch(pipeline, items, options): option "concurrency": at least 1 is expected; the number 0 was given.',
    );
    expect(codeOf(() => batch(pipeline, [], { concurency: 3 } as object))).toBe("INVALID_OPTION");
    expect(codeOf(() => batch(pipeline, "boat" as never))).toBe("INVALID_OPTION");
    expect(codeOf(() => batch(bare, [1], {} as never))).toBe("INVALID_OPTION");
    expect(codeOf(() => batch(undefined as never, [1], {} as never))).toBe("INVALID_OPTION");
    expect(messageOf(() => batch(pipeline, [], { runOptions: { throwOnFailure: true } as object }))).toContain(
      '"throwOnFailure" is the batch\'s own',
    );
    expect(codeOf(() => batch(new Pipeline("none", { input: Row }), []))).toBe("EMPTY_PIPELINE");
  });

  it("knows the types of items, inputs and steps", async () => {
    const run = batch(posters(), ideas("boat"));
    for await (const { result } of run) {
      if (result !== undefined) expectTypeOf(result.step("poster").modality).toEqualTypeOf<"image">();
    }
    // @ts-expect-error -- a number is no input of this pipeline
    batch(posters(), [1]);
    batch(posters(), [1], { runOptions: (count) => ({ input: { idea: String(count) } }) });
    // @ts-expect-error -- the function must make an input
    batch(posters(), [1], { runOptions: () => ({}) });
    const bare = new Pipeline("bare", { accepts: ["image"] }).step(painter(), { model: "m", prompt: "boat" });
    // @ts-expect-error -- what an item is must be said
    expect(codeOf(() => batch(bare, [undefined]))).toBe("INVALID_OPTION");
    batch(Pipeline.from({ name: "open", input: Row, steps: [step] }), ["anything"]);
    const relaxed = new Pipeline("relaxed", { input: Row.optional() }).step(painter(), { model: "m" });
    batch(relaxed, ideas("boat"));
  });
});
