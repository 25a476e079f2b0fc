import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Guard } from "../../src/guard/index.js";
import { createRuntime, Pipeline, type RunResult } from "../../src/index.js";
import { resume } from "../../src/journal/index.js";
import { disk } from "../durable/crash-support.js";
import { createFakeClock } from "../support.js";
import { type Finding, type OutlivingOptions, outlivingVendor, type PaidJob } from "./outliving-vendor.js";
import { finishRun, refusal } from "./targets-support.js";

type Vendor = Partial<Pick<OutlivingOptions<"image">, "takesMs" | "end" | "refuses" | "cannotCancel">>;
type Build = (jobs: PaidJob[], finding: Finding) => Pipeline;

const dies = () => refusal("SERVER_ERROR", "the worker died");

/** One step that three vendors can do. */
function images(vendors: readonly [Vendor, Vendor, Vendor], more: object = {}): Build {
  return (jobs, finding) => {
    const [first, ...others] = vendors.map((options, place) =>
      outlivingVendor(jobs, { name: `v${place}`, yields: "image", finding, takesMs: 0, ...options }),
    );
    if (first === undefined) throw new Error("three vendors are expected");
    const fallbacks = others.map((provider) => ({ provider, model: "m" }));
    return new Pipeline("p").step(first, { name: "a", model: "m", prompt: "boat", fallbacks, ...more }) as never;
  };
}

const hedge = { hedge: { afterMs: 10_000 } };
/** Takes only what was asked for a second time, with another seed. */
const picky: Guard = {
  name: "picky",
  async checkOutput({ assets }) {
    const bytes = await assets[0]?.read();
    const isFirst = new TextDecoder().decode(bytes).endsWith(" 1");
    return isFirst ? { allowed: false, reason: "the first one" } : { allowed: true };
  },
};

const schema = z.object({ title: z.string() });
const texts: Build = (jobs, finding) => {
  const end = (fits: boolean) => (request: { readonly feedback?: string | undefined }) => ({
    text: fits && request.feedback !== undefined ? '{"title":"x"}' : "no JSON",
  });
  const make = (name: string, fits: boolean) =>
    outlivingVendor(jobs, { name, yields: "text", finding, takesMs: 3_000, end: end(fits) as never });
  const fallbacks = [{ provider: make("v1", true), model: "m" }];
  return new Pipeline("p").step(make("v0", false), {
    name: "a",
    model: "m",
    prompt: "write",
    output: schema,
    fallbacks,
  }) as never;
};

const cases: Readonly<Record<string, Build>> = {
  "a refusal and a fallback": images([{ refuses: refusal("MODEL_ERROR") }, { takesMs: 5_000 }, {}]),
  "a job that fails late, and a fallback": images([{ takesMs: 5_000, end: dies }, { takesMs: 5_000 }, {}]),
  "two that fail": images([{ takesMs: 5_000, end: dies }, { end: dies }, { takesMs: 100 }]),
  "a hedge that wins": images([{ takesMs: 60_000 }, { takesMs: 5_000 }, {}], hedge),
  "a hedge that loses": images([{ takesMs: 20_000 }, { takesMs: 60_000 }, {}], hedge),
  "a loser that cannot be called back": images(
    [{ takesMs: 60_000, cannotCancel: true }, { takesMs: 5_000 }, {}],
    hedge,
  ),
  "a hedge, where both fail": images(
    [{ takesMs: 20_000, end: dies }, { takesMs: 5_000, end: dies }, { takesMs: 9 }],
    hedge,
  ),
  "regeneration and a hedge": images([{ takesMs: 12_000 }, { takesMs: 60_000 }, {}], {
    ...hedge,
    params: { seed: 1 },
    guards: [picky],
    regenerate: 1,
  }),
  "a schema that is asked for again, and a fallback": texts,
};

async function calmRun(build: Build, finding: Finding) {
  const clock = createFakeClock();
  const { journal } = disk().process();
  const runtime = createRuntime({ clock, retry: "off" });
  const jobs: PaidJob[] = [];
  const handle = build(jobs, finding).start({ journal, runtime, runId: "r", throwOnFailure: false });
  return { jobs, result: await finishRun(handle as never, clock) };
}

/** Runs in a process that is gone after so many entries, then in another one. */
async function crashedRun(build: Build, finding: Finding, crashAfter: number) {
  const [jobs, kept] = [[] as PaidJob[], disk()];
  const dying = kept.process({ crashAfter });
  const clock = createFakeClock();
  const runtime = createRuntime({ clock, retry: "off" });
  const first = build(jobs, finding).start({ journal: dying.journal, runtime, runId: "r", throwOnFailure: false });
  const state = { isGone: false, isOver: false };
  void dying.crashed.then(() => {
    state.isGone = true;
  });
  void first.result.then(() => {
    state.isOver = true;
  });
  while (!state.isGone && !state.isOver) await clock.advanceToNext();
  if (kept.entriesOf("r").length === 0) return undefined;
  const ends: RunResult<unknown>[] = [];
  const last = createFakeClock(clock.now());
  const options = { journal: kept.process().journal, runtime: createRuntime({ clock: last, retry: "off" }) };
  for (let turn = 0; turn < 2; turn++) {
    const handle = resume("r", { ...options, pipeline: build(jobs, finding), throwOnFailure: false });
    ends.push((await finishRun(handle as never, last)) as never);
    if (ends.at(-1)?.status === "completed") break;
  }
  return { jobs, end: ends.at(-1), isLast: state.isOver };
}

/** A race that goes on later may be won by the other one, and one of which nothing is known is not asked again. */
function mayDiffer(name: string, finding: Finding): boolean {
  return name.includes("regeneration") || (finding === "plain" && /hedge|loser/.test(name));
}

/** What was paid for more than once at one target: another seed or a word of advice is another thing. */
function paidTwice(jobs: readonly PaidJob[]): readonly string[] {
  const names = jobs.map(({ vendor, request }) => `${vendor} ${request.seed} ${request.feedback}`);
  return names.filter((name, place) => names.indexOf(name) !== place);
}

describe("a process that dies at any entry of a step with several targets", () => {
  for (const [name, build] of Object.entries(cases)) {
    for (const finding of ["keys", "lists", "plain"] as const) {
      it(`pays nothing twice and ends as the undisturbed run: ${name}, ${finding}`, async () => {
        const calm = await calmRun(build, finding);
        expect(calm.result.status).toBe("completed");
        expect(paidTwice(calm.jobs)).toEqual([]);
        const seen: unknown[] = [];
        for (let crashAfter = 1; ; crashAfter++) {
          const crashed = await crashedRun(build, finding, crashAfter);
          if (crashed === undefined) continue;
          const { jobs, end, isLast } = crashed;
          const twice = paidTwice(jobs);
          const isSame = mayDiffer(name, finding)
            ? end?.status === "completed"
            : end?.manifest.canonicalHash === calm.result.manifest.canonicalHash;
          const isUnknown = finding === "plain" && end?.steps[0]?.error?.code === "SUBMIT_UNKNOWN";
          if (twice.length > 0 || !(isSame || isUnknown))
            seen.push([crashAfter, twice, end?.status, end?.steps[0]?.error?.message, end?.run.steps[0]?.provider]);
          if (isLast) break;
        }
        expect(seen).toEqual([]);
      });
    }
  }
});
