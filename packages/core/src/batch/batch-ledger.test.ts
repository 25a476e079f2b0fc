import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { scriptedProvider } from "../../test/support.js";
import { rejection } from "../../test/thrown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { from } from "../pipeline/reference.js";
import type { StepRequest } from "../provider/provider.js";
import { batch } from "./batch.js";
import type { BatchResult } from "./batch-result.js";
import { type Ledger, memoryLedger } from "./ledger.js";

function posters(isBad: (prompt: string) => boolean = () => false) {
  const provider = scriptedProvider({
    yields: "image",
    script: ({ prompt = "" }: StepRequest) =>
      isBad(prompt)
        ? { kind: "failed", error: new GenblazeError("SERVER_ERROR", "down") }
        : { kind: "done", output: { assets: [{ mediaType: "image/png", bytes: new Uint8Array([1]) }] } },
  });
  const pipeline = new Pipeline("poster", { input: z.string() }).step(provider, {
    model: "m",
    prompt: from("input", (idea) => idea),
  });
  return { provider, pipeline };
}

const prompts = ({ provider }: ReturnType<typeof posters>) => provider.calls.map(({ request }) => request?.prompt);

async function collect<S>(run: AsyncIterable<BatchResult<S>>): Promise<BatchResult<S>[]> {
  const all: BatchResult<S>[] = [];
  for await (const result of run) all.push(result);
  return all;
}

describe("a batch with a ledger", () => {
  it("passes over what was completed before, with its run and hash, and tries again what failed", async () => {
    const ledger = memoryLedger();
    const first = await collect(batch(posters((prompt) => prompt === "b").pipeline, ["a", "b"], { ledger }));
    const again = posters();
    const run = batch(again.pipeline, ["b", "a", "c"], { ledger });
    const results = (await collect(run)).toSorted((left, right) => left.index - right.index);
    expect(results.map(({ status }) => status)).toEqual(["completed", "done-before", "completed"]);
    expect(prompts(again).toSorted()).toEqual(["b", "c"]);
    const before = first.find(({ index }) => index === 0);
    expect(results[1]).toMatchObject({
      key: before?.key,
      runId: before?.runId,
      manifestHash: before?.manifestHash,
      result: undefined,
      costUsd: 0,
    });
    expect(await run.summary).toMatchObject({ total: 3, completed: 2, doneBefore: 1 });
  });

  it("takes items that are equal for as many items", async () => {
    const ledger = memoryLedger();
    const keys = (await collect(batch(posters().pipeline, ["a", "a", "b", "a"], { ledger }))).map(({ key }) => key);
    // SHA-256 of the JSON texts "a" and "b".
    const [a, b] = [
      "ac8d8342bbb2362d13f0a559a3621bb407011368895164b628a54f7fc33fc43c",
      "c100f95c1913f9c72fc1f4ef0847e1e723ffe0bde0b36e5f36c13f81fe8c26ed",
    ];
    expect(keys.toSorted()).toEqual([a, `${a}#2`, `${a}#3`, b].toSorted());
    const again = posters();
    await batch(again.pipeline, ["a", "a", "a", "a"], { ledger }).summary;
    expect(prompts(again)).toEqual(["a"]);
  });

  it("fails an item whose key an earlier one has, instead of passing over it as done", async () => {
    const { pipeline, provider } = posters((prompt) => prompt === "a");
    const ledger = memoryLedger();
    for (const status of ["completed", "done-before"]) {
      const rows = batch(pipeline, ["b", "c", "a", "a"], { ledger, key: (row) => (row === "a" ? row : "k") });
      const results = (await collect(rows)).toSorted((left, right) => left.index - right.index);
      expect(results.map((result) => result.status)).toEqual([status, "failed", "failed", "failed"]);
      expect(results.map(({ error }) => error?.code)).toEqual([
        undefined,
        "INVALID_OPTION",
        "RUN_FAILED",
        "INVALID_OPTION",
      ]);
      expect(results[1]?.error?.message).toBe('Items 0 and 1 have the key "k". Give each its own.');
    }
    expect(prompts({ pipeline, provider }).toSorted()).toEqual(["a", "a", "b"]);
  });

  it("lets items share a key where no ledger goes by it", async () => {
    expect((await batch(posters().pipeline, ["a", "b"], { key: () => "same" }).summary).completed).toBe(2);
  });

  it("has a completed item in the ledger before it hands it out", async () => {
    const ledger = memoryLedger();
    for await (const { key, runId, manifestHash } of batch(posters().pipeline, ["a", "b"], { ledger })) {
      const session = await ledger.open();
      expect(await session.get(key)).toEqual({ run_id: runId, manifest_hash: manifestHash });
    }
  });

  it("ends when the ledger cannot be written, and hands out what is paid for", async () => {
    const broken: Ledger = {
      open: async () => ({
        get: () => undefined,
        record: async () => {
          throw new GenblazeError("STORAGE_FAILED", "no space");
        },
        close: async () => undefined,
      }),
    };
    const { pipeline, provider } = posters();
    const run = batch(pipeline, ["a", "b", "c"], { ledger: broken, concurrency: 1 });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { status } of run) seen.push(status);
    })();
    expect((await rejection(reading)).code).toBe("STORAGE_FAILED");
    expect(seen).toEqual(["completed"]);
    expect(provider.calls.length).toBe(1);
    expect((await rejection(run.summary)).code).toBe("STORAGE_FAILED");
  });

  it("does not begin with a ledger that cannot be opened", async () => {
    const { pipeline, provider } = posters();
    const ledger: Ledger = { open: () => Promise.reject(new GenblazeError("STORAGE_FAILED", "in use")) };
    expect((await rejection(batch(pipeline, ["a"], { ledger }).summary)).code).toBe("STORAGE_FAILED");
    expect(provider.calls).toEqual([]);
  });

  it("says of a foreign ledger's error what the ledger was doing, and keeps it as cause", async () => {
    const session = { get: () => undefined, record: async () => undefined, close: async () => undefined };
    const fail = () => {
      throw new Error("socket closed");
    };
    const failing: Readonly<Record<string, Ledger>> = {
      "could not be opened": { open: async () => fail() },
      "could not be asked for an item": { open: async () => ({ ...session, get: fail }) },
      "could not remember an item": { open: async () => ({ ...session, record: async () => fail() }) },
      "could not be closed": { open: async () => ({ ...session, close: async () => fail() }) },
    };
    for (const [what, ledger] of Object.entries(failing)) {
      const run = batch(posters().pipeline, ["a"], { ledger });
      const error = await rejection(collect(run));
      expect([error.code, error.message]).toEqual(["STORAGE_FAILED", `The ledger ${what}: Error: socket closed`]);
      expect(error.cause).toEqual(new Error("socket closed"));
      expect(await rejection(run.summary)).toBe(error);
    }
  });

  it("throws what went wrong first, though the ledger cannot be closed either", async () => {
    const ledger: Ledger = {
      open: async () => ({
        get: () => undefined,
        record: () => Promise.reject(new GenblazeError("STORAGE_FAILED", "no space")),
        close: () => Promise.reject(new Error("socket closed")),
      }),
    };
    const run = batch(posters().pipeline, ["a"], { ledger });
    expect((await rejection(collect(run))).message).toBe("no space");
    expect((await rejection(run.summary)).message).toBe("no space");
  });

  it("asks for a key where an item is no JSON", async () => {
    const { pipeline } = posters();
    const run = batch(pipeline, [new Date(0)], { ledger: memoryLedger(), runOptions: () => ({ input: "a" }) });
    const error = await rejection(run.summary);
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain("option key");
  });

  it("refuses a key that no ledger takes", async () => {
    const run = batch(posters().pipeline, ["a"], { key: () => "" });
    expect((await rejection(run.summary)).code).toBe("INVALID_OPTION");
  });

  it("runs every item exactly once, wherever it is interrupted and taken up again", async () => {
    const items = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 4 }), fc.nat(12), async (rows, concurrency, leaveAfter) => {
        const { pipeline, provider } = posters();
        const ledger = memoryLedger();
        const first = batch(pipeline, rows, { ledger, concurrency });
        let seen = 0;
        for await (const _ of first) {
          seen += 1;
          if (seen > leaveAfter) break;
        }
        const { completed: before } = await first.summary;
        const { completed, doneBefore } = await batch(pipeline, rows, { ledger, concurrency }).summary;
        expect(before).toBe(doneBefore);
        expect(completed + doneBefore).toBe(rows.length);
        const paid = provider.calls.length;
        expect(paid).toBeGreaterThanOrEqual(rows.length);
        await batch(pipeline, rows, { ledger, concurrency }).summary;
        expect(provider.calls.length).toBe(paid);
      }),
      { numRuns: 40 },
    );
  });
});
