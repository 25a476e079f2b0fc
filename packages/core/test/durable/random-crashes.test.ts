import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createRuntime, from, GenblazeError, map, Pipeline, type RunOptions } from "../../src/index.js";
import { resume } from "../../src/journal/index.js";
import { buildPipeline, scopes } from "../graph/random-pipelines.js";
import { disk, type Job, type Kind, outlivingProvider, untilCrash } from "./crash-support.js";

const retry = { firstDelayMs: 1, jitter: "none", maxAttempts: 3 } as const;

/** Jobs that are asked for as soon as their vendor says, however soon that is. */
const runtime = createRuntime({ poll: { intervalMs: 1 } });

describe("fuzz: random graphs, hard crashes", () => {
  for (const kind of ["keys", "lists"] as Kind[])
    it(`pays once and gives the same, ${kind}`, { timeout: 100_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(
          scopes(0, false),
          fc.array(fc.nat(30), { minLength: 1, maxLength: 3 }),
          async (spec, crashes) => {
            const painter = (jobs: Job[]) =>
              outlivingProvider(jobs, "image", { kind, accepts: ["image"], name: "painter" });
            const calm = await buildPipeline(spec, painter([])).run({
              input: "",
              journal: disk().process().journal,
              runId: "r",
              throwOnFailure: false,
              runtime,
            });
            const [jobs, kept] = [[] as Job[], disk()];
            for (const crashAfter of crashes) {
              const process = kept.process({ crashAfter: crashAfter + 1 });
              const options = {
                input: "",
                journal: process.journal,
                runId: "r",
                throwOnFailure: false,
                runtime,
              } as RunOptions;
              await untilCrash(buildPipeline(spec, painter(jobs)).run(options as never), process.crashed);
            }
            const last = await buildPipeline(spec, painter(jobs)).run({
              input: "",
              journal: kept.process().journal,
              runId: "r",
              throwOnFailure: false,
              runtime,
            });
            expect([last.status, last.manifest.canonicalHash]).toEqual([calm.status, calm.manifest.canonicalHash]);
            const keys = jobs.map(({ key }) => key);
            expect(new Set(keys).size).toBe(keys.length);
            const names = jobs.map(({ request }) => `${request.prompt}.${request.model}`);
            expect(new Set(names).size).toBe(names.length);
          },
        ),
        { numRuns: 120 },
      );
    });
});

type Trouble = "ok" | "429" | "500 taken" | "500 not taken" | "refused";

describe("fuzz: troubles at the provider, time limits and crashes", () => {
  for (const kind of ["keys", "lists", "plain"] as Kind[])
    it(`never pays twice, ${kind}`, { timeout: 100_000 }, async () => {
      const troubles = fc.array(fc.constantFrom<Trouble>("ok", "429", "500 taken", "500 not taken", "refused"), {
        maxLength: 6,
      });
      const turns = fc.array(
        fc.record({
          crashAfter: fc.option(fc.integer({ min: 1, max: 14 }), { nil: undefined }),
          timeoutMs: fc.option(fc.constantFrom(1, 3, 8), { nil: undefined }),
        }),
        { minLength: 1, maxLength: 4 },
      );
      await fc.assert(
        fc.asyncProperty(troubles, troubles, turns, async (submits, polls, all) => {
          const jobs: Job[] = [];
          const kept = disk();
          let [submitted, polled] = [0, 0];
          const fail = (trouble: Trouble | undefined) => {
            if (trouble === "429") throw new GenblazeError("RATE_LIMITED", "429", { retryAfterMs: 1 });
            if (trouble === "refused")
              throw Object.assign(new Error("x"), { code: "ECONNREFUSED", syscall: "connect" });
            if (trouble !== undefined && trouble !== "ok") throw new GenblazeError("SERVER_ERROR", "500");
          };
          const make = () => {
            const base = outlivingProvider(jobs, "image", {
              kind,
              accepts: ["image"],
              onPoll: () => fail(polls[polled++]),
            });
            const image = {
              ...base,
              async submit(prepared: Parameters<typeof base.submit>[0], context: Parameters<typeof base.submit>[1]) {
                const trouble = submits[submitted++];
                if (trouble === "500 taken") await base.submit(prepared, context);
                fail(trouble);
                return base.submit(prepared, context);
              },
            };
            const shot = new Pipeline("shot", { input: z.string() }).step(image, {
              name: "frame",
              model: "m",
              prompt: from("input", (w) => `frame ${w}`),
            });
            const runtime = createRuntime({ retry, poll: { intervalMs: 1 } });
            return new Pipeline("p", { runtime })
              .step(image, { name: "a", model: "m", prompt: "a" })
              .step(map(shot), { name: "shots", input: ["1", "2"] })
              .step(image, { name: "c", model: "m", prompt: "c", inputs: ["a"], after: ["shots"] });
          };
          let isFirst = true;
          for (const { crashAfter, timeoutMs } of all) {
            const process = kept.process(crashAfter === undefined ? {} : { crashAfter });
            const options = {
              journal: process.journal,
              throwOnFailure: false,
              ...(timeoutMs === undefined ? {} : { timeoutMs }),
            };
            const result = isFirst
              ? make().run({ ...options, runId: "r" })
              : resume("r", { ...options, pipeline: make() }).result;
            result.catch(() => undefined);
            await untilCrash(result, process.crashed);
            isFirst = kept.entriesOf("r").length === 0;
          }
          const history = kept.statesOf("r").join(", ");
          const options = { journal: kept.process().journal, throwOnFailure: false };
          const last = await (isFirst
            ? make().run({ ...options, runId: "r" })
            : resume("r", { ...options, pipeline: make() }).result);
          const prompts = jobs.map(({ request }) => request.prompt ?? "").toSorted();
          const isTwice = new Set(prompts).size !== prompts.length;
          expect([isTwice ? prompts : [], isTwice ? `${history} || ${kept.statesOf("r").join(", ")}` : ""]).toEqual([
            [],
            "",
          ]);
          // Troubles are over after at most 12 calls; then it can be gone on with.
          submitted = polled = 100;
          const end = await resume("r", { journal: kept.process().journal, pipeline: make(), throwOnFailure: false })
            .result;
          if (kind === "plain") expect(["completed", "failed"]).toContain(end.status);
          else expect([end.status, last.status.length > 0]).toEqual(["completed", true]);
        }),
        { numRuns: 250 },
      );
    });
});

describe("fuzz: two processes, one of which lost its journal", () => {
  it("ends the same", { timeout: 60_000 }, async () => {
    const seen: unknown[] = [];
    const make = (jobs: Job[], kind: Kind) => {
      const image = outlivingProvider(jobs, "image", { isAtOnce: true, kind });
      return new Pipeline("p")
        .step(image, { name: "a", model: "m", prompt: "a" })
        .step(image, { name: "b", model: "m", prompt: "b", after: ["a"] })
        .step(image, { name: "c", model: "m", prompt: "c", after: ["a"] });
    };
    for (const kind of ["keys", "lists"] as Kind[])
      for (let good = 1; good < 16; good += 1)
        for (let other = 1; other < 20; other += 1) {
          const [jobs, kept] = [[] as Job[], disk()];
          const { journal } = kept.process();
          let left = good;
          const flaky = {
            ...journal,
            append: (entry: Parameters<typeof journal.append>[0]) =>
              --left < 0 ? Promise.reject(new Error("disk")) : journal.append(entry),
          };
          const first = await make(jobs, kind).run({ journal: flaky, runId: "r", throwOnFailure: false });
          if (first.status === "completed") break;
          left = 1e9;
          const process = kept.process({ crashAfter: other });
          const second = make(jobs, kind).run({ journal: process.journal, runId: "r", throwOnFailure: false });
          second.catch(() => undefined);
          const end = await Promise.race([second, process.crashed]);
          const third = await first
            .resume({ throwOnFailure: false })
            .result.catch((error: unknown) => ({ status: String(error), manifest: { canonicalHash: "" } }));
          const fresh = await make(jobs, kind)
            .run({ journal: kept.process().journal, runId: "r", throwOnFailure: false })
            .catch((error: unknown) => ({ status: String(error), manifest: { canonicalHash: "" } }));
          const sequences = kept.entriesOf("r").map(({ sequence }) => sequence);
          const problem = [
            third.status,
            fresh.status,
            third.manifest.canonicalHash === fresh.manifest.canonicalHash,
            new Set(sequences).size === sequences.length,
            jobs.length,
          ];
          if (JSON.stringify(problem) !== '["completed","completed",true,true,3]')
            seen.push([kind, good, other, end === "crashed", ...problem]);
          if (end !== "crashed") break;
        }
    expect(seen).toEqual([]);
  });
});
