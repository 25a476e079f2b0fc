import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createRuntime, from, GenblazeError, map, Pipeline } from "../../src/index.js";
import { folderJournal, resume } from "../../src/journal/index.js";
import type { Submission } from "../../src/provider/provider.js";
import { memoryStorage, objectStorageSink } from "../../src/storage/index.js";
import { rejection } from "../thrown.js";
import { disk, type Job, outlivingProvider, untilCrash } from "./crash-support.js";

type P = ReturnType<ReturnType<typeof disk>["process"]>["journal"];
async function entriesUntil(run: (journal: P) => Promise<unknown>, state: string) {
  const calm = disk();
  await run(calm.process().journal).catch(() => undefined);
  const index = calm.statesOf("r").indexOf(state);
  if (index < 0) throw new Error(`no ${state} in ${calm.statesOf("r").join(", ")}`);
  return index + 1;
}

describe("a step that is new in a body", () => {
  it("has an id and a key of its own", async () => {
    const make = (jobs: Job[], isLonger: boolean) => {
      const image = outlivingProvider(jobs, "image", { kind: "keys" });
      const shot = new Pipeline("shot", { input: z.string() }).step(image, {
        name: "frame",
        model: "m",
        prompt: from("input", (w) => `f ${w}`),
      });
      const longer = shot.step(image, { name: "more", model: "m", prompt: from("input", (w) => `more ${w}`) });
      return new Pipeline("p").step(map(isLonger ? longer : shot), { name: "shots", input: ["1", "2"] });
    };
    const calm = disk();
    await make([], false).run({ journal: calm.process().journal, runId: "r" });
    const crashAfter = calm.statesOf("r").lastIndexOf("expanded shots") + 1;
    const [jobs, kept] = [[] as Job[], disk()];
    const first = kept.process({ crashAfter });
    await untilCrash(make(jobs, false).run({ journal: first.journal, runId: "r" }), first.crashed);
    const end = await resume("r", { journal: kept.process().journal, pipeline: make(jobs, true), onChange: "continue" })
      .result;
    const more = end.run.steps.filter(({ metadata }) => String(metadata.name).endsWith("more"));
    expect(jobs.map(({ request }) => request.prompt).toSorted()).toEqual(["f 1", "f 2", "more 1", "more 2"]);
    expect(new Set(more.map(({ stepId }) => stepId)).size).toBe(2);
  });
});

describe("a sink, when the process ended between it and the journal", () => {
  it("takes the same run once more", async () => {
    const [jobs, kept] = [[] as Job[], disk()];
    const storage = memoryStorage();
    const make = () => new Pipeline("p").step(outlivingProvider(jobs, "image"), { name: "a", model: "m", prompt: "a" });
    const calm = disk();
    await make().run({ journal: calm.process().journal, runId: "r", sink: objectStorageSink(memoryStorage()) });
    const first = kept.process({ crashAfter: calm.statesOf("r").length - 1 });
    await untilCrash(
      make().run({ journal: first.journal, runId: "r", sink: objectStorageSink(storage) }),
      first.crashed,
    );
    const again = await make().run({ journal: kept.process().journal, runId: "r", sink: objectStorageSink(storage) });
    const third = await make().run({ journal: kept.process().journal, runId: "r", sink: objectStorageSink(storage) });
    expect([again.status, third.manifest.canonicalHash]).toEqual(["completed", again.manifest.canonicalHash]);
    const keys: string[] = [];
    for await (const { key } of storage.list("")) keys.push(key);
    expect(keys).toHaveLength(2);
  });
});

describe("an operation that is no JSON", () => {
  for (const [what, operation] of [
    ["a BigInt", { id: 10n }],
    ["a Date", { id: "x", at: new Date(0) }],
    [
      "an instance",
      new (class Job {
        id = "x";
        #secret = 1;
        get hidden() {
          return this.#secret;
        }
      })(),
    ],
    ["undefined", undefined],
    [
      "a cycle",
      (() => {
        const o: Record<string, unknown> = {};
        o.o = o;
        return o;
      })(),
    ],
  ] as const)
    it(`of its provider's (${what}) ends its step with an error that says so, not the run`, async () => {
      const root = await mkdtemp(join(tmpdir(), "genblaze-durable-"));
      const make = (jobs: Job[]) =>
        new Pipeline("p").step(
          {
            ...outlivingProvider(jobs, "image"),
            submit: async ({ body }: { readonly body: Job["request"] }): Promise<Submission> => {
              jobs.push({ key: "", request: body });
              return { status: "pending", operation: operation as never, retryAfterMs: 1 };
            },
            poll: async (): Promise<Submission> => ({
              status: "done",
              output: { assets: [{ mediaType: "image/x-scripted", bytes: new Uint8Array([1]) }] },
            }),
          },
          { name: "a", model: "m", prompt: "a" },
        );
      const jobs: Job[] = [];
      const first = await make(jobs).run({ journal: folderJournal(root), runId: "r", throwOnFailure: false });
      expect([first.status, first.error?.code, first.error?.message]).toEqual(["completed", undefined, undefined]);
    });
});

describe("an output that is no JSON somewhere", () => {
  for (const [what, more] of [
    ["modelVersion with half a pair", { modelVersion: "\ud800" }],
    ["metadata of an asset with a Date", { meta: { d: new Date(0) } }],
    ["metadata of an asset with a BigInt", { meta: { d: 1n } }],
    ["width NaN", { width: Number.NaN }],
    ["duration Infinity", { durationSeconds: Number.POSITIVE_INFINITY }],
  ] as const)
    it(`(${what}) is kept all the same, and the same in another process`, async () => {
      const root = await mkdtemp(join(tmpdir(), "genblaze-durable-"));
      const { modelVersion, meta, ...facts } = more as Record<string, unknown>;
      const make = () =>
        new Pipeline("p").step(
          outlivingProvider([], "image", {
            give: () =>
              ({
                assets: [
                  {
                    mediaType: "image/x-scripted",
                    bytes: new Uint8Array([1]),
                    ...facts,
                    ...(meta ? { metadata: meta } : {}),
                  },
                ],
                ...(modelVersion ? { modelVersion } : {}),
              }) as never,
          }),
          { name: "a", model: "m", prompt: "a" },
        );
      const first = await make().run({ journal: folderJournal(root), runId: "r", throwOnFailure: false });
      expect([first.status, first.error?.message]).toEqual(["completed", undefined]);
      const again = await make().run({ journal: folderJournal(root), runId: "r", throwOnFailure: false });
      expect(again.manifest.canonicalHash).toBe(first.manifest.canonicalHash);
    });
});

describe("metadata and input", () => {
  it("with -0 hash the same in another process", async () => {
    const root = await mkdtemp(join(tmpdir(), "genblaze-durable-"));
    const make = () =>
      new Pipeline("p").step(outlivingProvider([], "image"), {
        name: "a",
        model: "m",
        prompt: "a",
        metadata: { z: -0 },
        params: { p: -0 },
      });
    const options = { journal: folderJournal(root), runId: "r", metadata: { x: -0, y: 1e21, u: "é\u0000" } };
    const first = await make().run(options);
    const again = await make().run(options);
    expect(again.manifest.canonicalHash).toBe(first.manifest.canonicalHash);
    expect(again.manifest.report().hashOk).toBe(true);
  });
  it.each(["succeeded a", "submitted a"])("that is hidden may not be another one unnoticed, after %s", async (last) => {
    const kept = disk();
    const jobs: Job[] = [];
    const step = { model: "m", promptVisibility: "private" } as const;
    const painter = outlivingProvider(jobs, "image");
    const make = () =>
      new Pipeline("p", { input: z.string() })
        .step(painter, { name: "a", ...step, prompt: from("input", (words) => words) })
        .step(painter, { name: "b", ...step, prompt: from("input", (words) => words), after: ["a"] });
    const privacy = { ownerKey: new Uint8Array(32).fill(1) };
    const run = (journal: P, input: string) => make().run({ journal, runId: "r", input, privacy });
    const crashAfter = await entriesUntil((journal) => run(journal, "the first input"), last);
    jobs.length = 0;
    const first = kept.process({ crashAfter });
    await untilCrash(run(first.journal, "the first input"), first.crashed);
    expect((await rejection(run(kept.process().journal, "quite another input"))).code).toBe("RUN_CHANGED");
  });
});

describe("private steps without an owner's key", () => {
  it("give one manifest, however often the stored result is asked for", async () => {
    const kept = disk();
    const make = () =>
      new Pipeline("p", { input: z.string() }).step(outlivingProvider([], "image"), {
        name: "a",
        model: "m",
        prompt: from("input", (w) => w),
        promptVisibility: "private",
      });
    const first = await make().run({ journal: kept.process().journal, runId: "r", input: "secret input words" });
    const again = await make().run({ journal: kept.process().journal, runId: "r", input: "secret input words" });
    expect(again.manifest.canonicalHash).toBe(first.manifest.canonicalHash);
  });
  it("can still be opened by what was given out, after a crash", async () => {
    const make = (jobs: Job[]) =>
      new Pipeline("p").step(outlivingProvider(jobs, "image"), {
        name: "a",
        model: "m",
        prompt: "secret words of mine",
        promptVisibility: "private",
      });
    const crashAfter = await entriesUntil((journal) => make([]).run({ journal, runId: "r" }), "submitted a");
    const [jobs, kept] = [[] as Job[], disk()];
    const first = kept.process({ crashAfter });
    await untilCrash(make(jobs).run({ journal: first.journal, runId: "r" }), first.crashed);
    const end = await make(jobs).run({ journal: kept.process().journal, runId: "r" });
    expect(end.opening()).toBeDefined();
  });
});

describe("regenerate and a crash", () => {
  it("asks no more often than the step says", async () => {
    const make = (jobs: Job[]) =>
      new Pipeline("p").step(outlivingProvider(jobs, "image", { kind: "keys" }), {
        name: "a",
        model: "m",
        prompt: "a",
        regenerate: 1,
        guards: [{ name: "no", checkOutput: () => ({ allowed: false, reason: "ugly" }) }],
      });
    const calm = disk();
    const calmJobs: Job[] = [];
    await make(calmJobs).run({ journal: calm.process().journal, runId: "r", throwOnFailure: false });
    const seen: unknown[] = [];
    for (let crashAfter = 1; crashAfter < calm.statesOf("r").length; crashAfter += 1) {
      const [jobs, kept] = [[] as Job[], disk()];
      const first = kept.process({ crashAfter });
      await untilCrash(make(jobs).run({ journal: first.journal, runId: "r", throwOnFailure: false }), first.crashed);
      await make(jobs).run({ journal: kept.process().journal, runId: "r", throwOnFailure: false });
      if (jobs.length !== calmJobs.length) seen.push([crashAfter, calm.statesOf("r")[crashAfter - 1], jobs.length]);
    }
    expect([calmJobs.length, seen]).toEqual([2, []]);
  });
});

describe("SUBMIT_UNKNOWN while steps beside it fail too", () => {
  it("is asked again with result.resume({ onUnknownSubmit })", async () => {
    const jobs: Job[] = [];
    let isDown = true;
    const runtime = createRuntime({ retry: "off" });
    const make = () =>
      new Pipeline("p", { runtime }).step(
        outlivingProvider(jobs, "image", {
          onSubmit: () => {
            if (isDown) throw new GenblazeError("SERVER_ERROR", "500");
          },
        }),
        { name: "a", model: "m", prompt: "a" },
      );
    const kept = disk();
    const first = await make().run({ journal: kept.process().journal, runId: "r", throwOnFailure: false });
    expect(first.steps[0]?.error?.code).toBe("SUBMIT_UNKNOWN");
    isDown = false;
    const second = await first.resume({ throwOnFailure: false }).result;
    expect(second.steps[0]?.error?.code).toBe("SUBMIT_UNKNOWN");
    const third = await second.resume({ onUnknownSubmit: "resubmit" }).result;
    expect([third.status, jobs.length]).toEqual(["completed", 1]);
  });
});
