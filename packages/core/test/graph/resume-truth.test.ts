import { describe, expect, it } from "vitest";
import { memoryCache } from "../../src/cache/index.js";
import type { GuardVerdict } from "../../src/guard/guard.js";
import {
  approve,
  createRuntime,
  type ExternalAsset,
  fileAsset,
  from,
  GenblazeError,
  type JournalEntry,
  loop,
  memoryJournal,
  Pipeline,
} from "../../src/index.js";
import { perUnit } from "../../src/pricing/index.js";
import { memoryStorage } from "../../src/storage/index.js";
import { createFakeClock } from "../support.js";
import { finish, worker } from "./graph-support.js";

const never = () => new Promise<never>(() => {});

const image = () => worker({ name: "image", yields: "image", accepts: ["image"] });

/** A guard whose looks end as said, in turn. */
function looking(...verdicts: readonly (GuardVerdict | "breaks")[]) {
  let looks = 0;
  return {
    name: "eye",
    checkOutput(): GuardVerdict {
      const verdict = verdicts[Math.min(looks, verdicts.length - 1)] ?? "breaks";
      looks += 1;
      if (verdict === "breaks") throw new Error("the guard broke");
      return verdict;
    },
  };
}

const yes: GuardVerdict = { allowed: true };
const no: GuardVerdict = { allowed: false, reason: "no" };

describe("a gate", () => {
  const gated = () =>
    new Pipeline("p")
      .step(image(), { name: "frame", model: "m" })
      .step(approve(), { name: "ok", inputs: ["frame"] })
      .step(image(), { name: "end", model: "m", inputs: ["ok"] });

  it.each([
    { name: "was turned down", answer: { approved: false } },
    { name: "was answered in a wrong form", answer: "yes" },
  ])("asks anew when it $name, on the old result too", async ({ answer }) => {
    const waiting = await gated().run();
    const failed = await waiting.resume({ answers: { ok: answer }, throwOnFailure: false }).result;
    expect(failed.status).toBe("failed");
    for (const result of [failed, waiting]) expect((await result.resume().result).waiting).toEqual(["ok"]);
    const good = await waiting.resume({ onWaiting: () => ({ approved: true }) }).result;
    expect(good.status).toBe("completed");
  });

  it("opens by itself when nobody answers in time, though somebody was asked", async () => {
    const clock = createFakeClock();
    const pipeline = new Pipeline("p", { runtime: createRuntime({ clock }) })
      .step(image(), { name: "frame", model: "m" })
      .step(approve({ timeoutMs: 100, onTimeout: "approve" }), { name: "ok", inputs: ["frame"] })
      .step(image(), { name: "end", model: "m", inputs: ["ok"] });
    const { result } = await finish(pipeline.start({ onWaiting: never }), clock);
    expect([result.status, result.step("end").state]).toEqual(["completed", "succeeded"]);
    expect(result.step("ok").decisions.answer?.value).toEqual({ approved: true });
  });
});

describe("what a manifest says of an output that was made in the time before", () => {
  it("is the seed that it was made with", async () => {
    const provider = image();
    const first = await new Pipeline("p")
      .step(provider, {
        name: "a",
        model: "m",
        params: { seed: 5 },
        guards: [looking(no, "breaks", yes)],
        regenerate: 1,
      })
      .run({ throwOnFailure: false });
    const { run } = await first.resume().result;
    expect(provider.asked.map(({ seed }) => seed)).toEqual([5, 6]);
    expect(run.steps[0]?.seed).toBe(6);
  });

  it("is the prompt that it was made of, also where a function says something else by then", async () => {
    const provider = image();
    const words = worker({ name: "words", yields: "text" });
    let turn = 0;
    const first = await new Pipeline("p")
      .step(words, { name: "told", model: "m", prompt: "x" })
      .step(provider, {
        name: "a",
        model: "m",
        prompt: from("told", () => `a ${++turn}`),
        guards: [looking("breaks", yes)],
      })
      .run({ throwOnFailure: false });
    const { run } = await first.resume().result;
    expect(provider.asked.map(({ prompt }) => prompt)).toEqual(["a 1"]);
    expect(run.steps[1]?.prompt).toBe("a 1");
  });
});

describe("an output that is paid for", () => {
  it("is kept though a guard of the prompt refuses it for a while", async () => {
    const provider = image();
    const verdicts: GuardVerdict[] = [yes, no, yes];
    const prompts = { name: "reader", checkPrompt: () => verdicts.shift() ?? yes };
    const options = { name: "a", model: "m", prompt: "x", guards: [prompts, looking("breaks", yes)] };
    const first = await new Pipeline("p").step(provider, options).run({ throwOnFailure: false });
    const second = await first.resume({ throwOnFailure: false }).result;
    expect(second.step("a").error?.code).toBe("GUARD_REJECTED");
    expect((await second.resume().result).status).toBe("completed");
    expect(provider.asked).toHaveLength(1);
  });

  it("is kept for resume when the place for its bytes never answers", async () => {
    const clock = createFakeClock();
    const provider = image();
    let isStuck = true;
    const createSpoolStorage = () => {
      const storage = memoryStorage();
      const put: typeof storage.put = (...words) => (isStuck ? never() : storage.put(...words));
      return { ...storage, put };
    };
    const pipeline = new Pipeline("p", { runtime: createRuntime({ clock, createSpoolStorage }) }) //
      .step(provider, { name: "a", model: "m", timeoutMs: 100 });
    const { result } = await finish(pipeline.start({ throwOnFailure: false }), clock);
    expect([result.step("a").error?.code, clock.pending]).toEqual(["TIMED_OUT", 0]);
    isStuck = false;
    expect((await finish(result.resume(), clock)).result.status).toBe("completed");
    expect(provider.asked).toHaveLength(1);
  });

  it("costs what it costs, though a hit of the cache was there before it", async () => {
    const provider = image();
    const cache = memoryCache();
    const memory = memoryJournal();
    let isFull = false;
    const append = (entry: JournalEntry) => {
      if (isFull && entry.transition.state === "output") throw new Error("disk full");
      return memory.append(entry);
    };
    const journal = { ...memory, append };
    const runtime = createRuntime({ cache, journal, prices: { "image/*": perUnit(1) } });
    const pipeline = new Pipeline("p", { runtime }).step(provider, {
      name: "a",
      model: "m",
      guards: [looking(yes, yes, no)],
    });
    await pipeline.run();
    isFull = true;
    const failed = await pipeline.run({ throwOnFailure: false });
    isFull = false;
    const { run } = await failed.resume({ throwOnFailure: false }).result;
    expect([provider.asked.length, run.steps[0]?.costUsd]).toEqual([2, 1]);
  });
});

describe("a resume", () => {
  it("does not ask once more while the request of before has no answer, and does not wait for ever", async () => {
    const clock = createFakeClock();
    let submits = 0;
    const silent = {
      ...image(),
      submit() {
        submits += 1;
        return never();
      },
    };
    const pipeline = new Pipeline("p", { runtime: createRuntime({ clock }) }).step(silent, { name: "a", model: "m" });
    const { result } = await finish(pipeline.start({ timeoutMs: 100, throwOnFailure: false }), clock);
    const { result: second } = await finish(result.resume({ throwOnFailure: false }), clock);
    expect(second.step("a").error?.code).toBe("SUBMIT_UNKNOWN");
    expect([submits, second.elapsedMs, clock.pending]).toEqual([1, 60_100, 0]);
  });

  it("reads a file anew that never came", async () => {
    const clock = createFakeClock();
    let loads = 0;
    const file: ExternalAsset = {
      ...fileAsset("picture.png"),
      async load() {
        loads += 1;
        if (loads === 1) return never();
        return { bytes: new Uint8Array([1]), mediaType: "image/png", url: undefined, known: undefined };
      },
    };
    const pipeline = new Pipeline("p", { runtime: createRuntime({ clock }) }) //
      .step(image(), { name: "a", model: "m", inputs: [file], timeoutMs: 100 });
    const { result } = await finish(pipeline.start({ throwOnFailure: false }), clock);
    expect((await finish(result.resume(), clock)).result.status).toBe("completed");
  });

  it("takes an entry once that its journal has twice", async () => {
    const memory = memoryJournal();
    let isTorn = true;
    const append = (entry: JournalEntry) => {
      const written = memory.append(entry);
      if (!isTorn || entry.transition.state !== "rejected") return written;
      isTorn = false;
      throw new Error("the disk said no, and had it");
    };
    const runtime = createRuntime({ journal: { ...memory, append }, prices: { "image/*": perUnit(1) } });
    const first = await new Pipeline("p", { runtime })
      .step(image(), { name: "a", model: "m", guards: [looking(no, yes)], regenerate: 1 })
      .run({ throwOnFailure: false });
    const { run } = await first.resume().result;
    expect(run.steps[0]?.costUsd).toBe(2);
  });
});

describe("an error of another run", () => {
  it.each(["WAITING", "JOURNAL_FAILED"] as const)(
    "with code %s is a failure of this one like any other",
    async (code) => {
      const fail = (): never => {
        throw new GenblazeError(code, "of another run");
      };
      const judged = loop(new Pipeline("b").step(image(), { name: "f", model: "m" }), { judge: fail });
      const result = await new Pipeline("p")
        .step(judged, { name: "l" })
        .step(image(), { name: "g", model: "m", guards: [{ name: "eye", checkOutput: fail }] })
        .run({ throwOnFailure: false });
      expect([result.status, result.error?.code]).toEqual(["failed", "RUN_FAILED"]);
      expect(result.steps.map(({ error }) => error?.code)).toEqual(["REFERENCE_FAILED", "REFERENCE_FAILED"]);
    },
  );
});
