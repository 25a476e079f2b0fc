import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { createJobProvider, startJobVendor } from "../../../fakes/src/index.js";
import type { BatchResult } from "../../src/batch/batch-result.js";
import { batch, memoryLedger } from "../../src/batch/index.js";
import { createRuntime, from, GenblazeError, memoryJournal, Pipeline } from "../../src/index.js";
import { folderJournal } from "../../src/journal/index.js";
import { memoryStorage, objectStorageSink, type Sink } from "../../src/storage/index.js";
import { buildChild } from "../crash/build-child.js";
import { codeOf, messageOf } from "../thrown.js";
import { disk, type Job, outlivingProvider } from "./crash-support.js";

const BATCH_ID = "posters";
const rows = ["fox", "owl", "hare", "wolf", "lynx", "bear"];

/** Two steps an item: what is asked of the vendor says which item it is for. */
function posters(jobs: Job[], isDown: (prompt: string) => boolean = () => false) {
  const onSubmit = ({ prompt = "" }: { readonly prompt?: string | undefined }) => {
    if (isDown(prompt)) throw new GenblazeError("MODEL_ERROR", "down");
  };
  const chat = outlivingProvider(jobs, "text", { kind: "lists", isAtOnce: true, onSubmit });
  const image = outlivingProvider(jobs, "image", { kind: "lists", onSubmit });
  return new Pipeline("poster", { input: z.string() })
    .step(chat, { name: "idea", model: "m", prompt: from("input", (row) => `idea ${row}`) })
    .step(image, { name: "poster", model: "m", prompt: from("idea", (idea) => `poster of ${idea}`) });
}

async function collect<S>(run: AsyncIterable<BatchResult<S>>): Promise<readonly BatchResult<S>[]> {
  const all: BatchResult<S>[] = [];
  for await (const result of run) all.push(result);
  return all.toSorted((left, right) => left.index - right.index);
}

const asked = (jobs: readonly Job[]) => jobs.map(({ request }) => request.prompt).toSorted();

describe("a batch with an id", () => {
  it("gives the same results again under the same run ids, asks for nothing, and writes them to the sink anew", async () => {
    const [jobs, kept]: [Job[], ReturnType<typeof disk>] = [[], disk()];
    let writes = 0;
    const stored = objectStorageSink(memoryStorage());
    const sink: Sink = {
      name: "counting",
      write(input, options) {
        writes += 1;
        return stored.write(input, options);
      },
    };
    const start = () => {
      const { journal } = kept.process();
      return batch(posters(jobs), rows, { batchId: BATCH_ID, journal, runOptions: { sink } });
    };
    const first = await collect(start());
    const paid = jobs.length;
    const again = start();
    const second = await collect(again);
    expect(second.map(({ status }) => status)).toEqual(rows.map(() => "completed"));
    expect([jobs.length, writes]).toEqual([paid, 2 * rows.length]);
    expect(paid).toBe(2 * rows.length);
    expect(second.map(({ runId, key, manifestHash }) => [runId, key, manifestHash])).toEqual(
      first.map(({ runId, key, manifestHash }) => [runId, key, manifestHash]),
    );
    expect(new Set(first.map(({ runId }) => runId)).size).toBe(rows.length);
    expect(await second[3]?.result?.step("poster").bytes()).toEqual(await first[3]?.result?.step("poster").bytes());
    expect(await again.summary).toMatchObject({ completed: rows.length, doneBefore: 0, endedBy: "items" });
  });

  it("makes ids of runs that stay the same from version to version", async () => {
    const options = { batchId: "b", journal: memoryJournal(), key: (row: string) => row };
    const [result] = await collect(batch(posters([]), ["fox"], options));
    // The first half of the SHA-256 of ["b","fox"].
    expect(result?.runId).toBe("b-32f250e3b3f3e853e8fb0fb27c9a52fb");
  });

  it("pays for nothing twice wherever its process dies", async () => {
    const calm: Job[] = [];
    const whole = disk();
    await batch(posters(calm), rows, { batchId: BATCH_ID, journal: whole.process().journal }).summary;
    const total = [...whole.lines.values()].flat().length;
    for (let crashAfter = 1; crashAfter < total; crashAfter += 2) {
      const [jobs, kept]: [Job[], ReturnType<typeof disk>] = [[], disk()];
      const dying = kept.process({ crashAfter });
      const options = { batchId: BATCH_ID, concurrency: 3 };
      const dead = batch(posters(jobs), rows, { ...options, journal: dying.journal });
      await Promise.race([dead.summary, dying.crashed]);
      // What the dead process had under way at its provider comes to its end.
      for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done));
      const results = await collect(batch(posters(jobs), rows, { ...options, journal: kept.process().journal }));
      expect(results.map(({ status }) => status)).toEqual(rows.map(() => "completed"));
      expect(asked(jobs)).toEqual(asked(calm));
    }
  });

  it("tries again what failed, from the step that failed, and what was cancelled as its reader left", async () => {
    const [jobs, kept]: [Job[], ReturnType<typeof disk>] = [[], disk()];
    let isDown = true;
    const pipeline = posters(jobs, (prompt) => isDown && prompt.startsWith("poster") && prompt.includes("owl"));
    const start = () => batch(pipeline, rows, { batchId: BATCH_ID, journal: kept.process().journal, concurrency: 2 });
    let seen = 0;
    for await (const { status, error } of start()) {
      seen += 1;
      if (status === "failed") expect(error?.code).toBe("RUN_FAILED");
      if (seen === 3) break;
    }
    isDown = false;
    const results = await collect(start());
    expect(results.map(({ status }) => status)).toEqual(rows.map(() => "completed"));
    expect(asked(jobs).filter((prompt) => prompt?.startsWith("idea"))).toEqual(
      rows.map((row) => `idea ${row}`).toSorted(),
    );
    expect(asked(jobs).filter((prompt) => prompt?.includes("owl"))).toHaveLength(2);
  });

  it("knows items by their content wherever they stand, and refuses one key for two of them", async () => {
    const jobs: Job[] = [];
    const { journal } = disk().process();
    await batch(posters(jobs), ["fox", "owl", "fox"], { batchId: BATCH_ID, journal }).summary;
    expect(jobs).toHaveLength(6);
    await batch(posters(jobs), ["hare", "fox", "fox", "owl"], { batchId: BATCH_ID, journal }).summary;
    expect(jobs).toHaveLength(8);
    const same = await collect(batch(posters([]), ["a", "b"], { batchId: "c", journal, key: () => "k" }));
    expect(same.map(({ error }) => error?.code)).toEqual([undefined, "INVALID_OPTION"]);
    const other = batch(posters([]), ["c"], { batchId: "c", journal, key: () => "k" });
    expect((await collect(other))[0]?.error?.code).toBe("RUN_CHANGED");
  });

  it("passes over what its ledger knows, and takes the journal of a runtime", async () => {
    const jobs: Job[] = [];
    const runtime = createRuntime({ journal: disk().process().journal });
    const ledger = memoryLedger();
    const start = () => batch(posters(jobs), rows, { batchId: BATCH_ID, ledger, runtime });
    expect(await start().summary).toMatchObject({ completed: 6, doneBefore: 0 });
    expect(await start().summary).toMatchObject({ completed: 0, doneBefore: 6 });
    expect(jobs).toHaveLength(12);
  });

  it("refuses what could not be found again", () => {
    const journal = memoryJournal();
    const start = (options: object) => () => batch(posters([]), rows, options);
    expect(messageOf(start({ batchId: "b" }))).toContain('"batchId" needs a journal');
    expect(messageOf(start({ journal }))).toContain('"journal" needs option "batchId"');
    expect(messageOf(start({ runOptions: { journal, runId: "one" } }))).toContain("batchId and journal instead");
    for (const own of [{ runId: "one" }, { journal }]) {
      expect(messageOf(start({ batchId: "b", journal, runOptions: own }))).toContain("is the batch's own");
    }
    for (const batchId of ["", "x".repeat(151), "\ud800", 7])
      expect(codeOf(start({ batchId, journal }))).toBe("INVALID_OPTION");
  });
});

/** Runs the batch over a vendor that outlives the process. */
const SCRIPT = `
import { createJobProvider } from "../fakes/src/index.ts";
import { batch } from "./src/batch/index.ts";
import { from, Pipeline } from "./src/index.ts";
import { folderJournal } from "./src/journal/index.ts";
import { z } from "zod";
const [folder, baseUrl, rows] = process.argv.slice(2);
const painter = createJobProvider({ baseUrl, kind: "plain", name: "painter", yields: "image" });
const pipeline = new Pipeline("poster", { input: z.string() })
  .step(painter, { name: "poster", model: "m", prompt: from("input", (row) => row) });
const options = { batchId: "posters", journal: folderJournal(folder), concurrency: 2 };
await batch(pipeline, JSON.parse(rows), options).summary;
`;

describe("a batch whose process is killed", () => {
  it("goes on in the next process, follows the jobs under way, and buys each once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "genblaze-batch-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const outfile = join(folder, "batch.mjs");
    await buildChild(outfile, SCRIPT);
    let onFourthJob: () => void = () => undefined;
    const vendor = await startJobVendor({
      kind: "plain",
      pollAfterMs: 1,
      faults: ({ operation, jobId }) => {
        // By its first look the journal knows the job.
        if (operation === "poll" && jobId === vendor.ledger()[3]?.id) onFourthJob();
        return undefined;
      },
    });
    onTestFinished(() => vendor.close());
    const child = spawn(process.execPath, [outfile, join(folder, "runs"), vendor.baseUrl, JSON.stringify(rows)], {
      stdio: "inherit",
    });
    const exited = once(child, "exit");
    onFourthJob = () => child.kill("SIGKILL");
    expect((await exited)[1]).toBe("SIGKILL");
    onFourthJob = () => undefined;
    const painter = createJobProvider({ baseUrl: vendor.baseUrl, kind: "plain", name: "painter", yields: "image" });
    const pipeline = new Pipeline("poster", { input: z.string() }) //
      .step(painter, { name: "poster", model: "m", prompt: from("input", (row) => row) });
    const options = { batchId: BATCH_ID, journal: folderJournal(join(folder, "runs")), concurrency: 2 };
    const results = await collect(batch(pipeline, rows, options));
    // One that was being submitted at that moment cannot be told: it stops, and is not bought a second time.
    const doubtful = results.filter(({ status }) => status !== "completed");
    expect(doubtful.map(({ result }) => result?.steps[0]?.error?.code)).toEqual(doubtful.map(() => "SUBMIT_UNKNOWN"));
    expect(doubtful.length).toBeLessThanOrEqual(1);
    expect(vendor.paidTwice()).toEqual([]);
    expect(vendor.ledger().length).toBe(rows.length);
  });
});
