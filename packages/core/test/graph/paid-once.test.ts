import { describe, expect, it } from "vitest";
import {
  createRuntime,
  GenblazeError,
  type Journal,
  type JournalEntry,
  memoryJournal,
  Pipeline,
} from "../../src/index.js";
import { perUnit } from "../../src/pricing/index.js";
import type { Submission } from "../../src/provider/provider.js";
import { memoryStorage } from "../../src/storage/index.js";
import { collect } from "../run-support.js";
import { createFakeClock, scriptedAsset, scriptedProvider } from "../support.js";
import { finish, worker } from "./graph-support.js";

const image = () => worker({ name: "image", yields: "image", accepts: ["image"] });

async function entriesOf(journal: Journal, runId: string): Promise<readonly JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of journal.read(runId)) entries.push(entry);
  return entries;
}

describe("an output that was paid for, but not judged", () => {
  /** A guard that breaks the first time it looks at an output. */
  function brokenOnce() {
    let looks = 0;
    return {
      name: "eye",
      checkOutput() {
        looks += 1;
        if (looks === 1) throw new Error("the guard broke");
        return { allowed: true } as const;
      },
    };
  }

  it("is judged on resume and not asked for again, picture or text", async () => {
    for (const provider of [
      image(),
      worker({ name: "words", yields: "text", give: () => ({ text: "\ufeffa boat" }) }),
    ]) {
      const runtime = createRuntime({ prices: { "image/*": perUnit(3), "words/*": perUnit(3) } });
      const first = await new Pipeline("p", { runtime })
        .step(provider, { name: "made", model: "m", prompt: "x", guards: [brokenOnce()] })
        .run({ throwOnFailure: false });
      expect(first.status).toBe("failed");
      const handle = first.resume();
      const [events, second] = await Promise.all([collect(handle.events), handle.result]);
      expect(second.status).toBe("completed");
      expect(provider.asked).toHaveLength(1);
      expect(second.run.steps[0]?.costUsd).toBe(3);
      expect(second.step("made").assets).toEqual(first.step("made").assets);
      expect(second.step("made").text).toBe(provider.yields === "text" ? "\ufeffa boat" : undefined);
      expect(events.map(({ type }) => type)).toContain("step.started");
    }
  });

  it("is asked for anew when it was rejected", async () => {
    const provider = image();
    const verdicts = [false, true];
    const guard = {
      name: "eye",
      checkOutput: () =>
        verdicts.shift() === true ? ({ allowed: true } as const) : ({ allowed: false, reason: "no" } as const),
    };
    const first = await new Pipeline("p")
      .step(provider, { name: "made", model: "m", guards: [guard] })
      .run({ throwOnFailure: false });
    expect((await first.resume().result).status).toBe("completed");
    expect(provider.asked).toHaveLength(2);
  });
});

describe("a job that a time limit let go of", () => {
  it("is followed on resume under its own key, and not submitted again", async () => {
    const clock = createFakeClock();
    const provider = scriptedProvider({
      yields: "image",
      script: (_, call) =>
        call === 0
          ? { kind: "pending", operation: { job: "j1" } }
          : { kind: "done", output: { assets: [scriptedAsset("image/png", "late")], costUsd: 2 } },
    });
    const pipeline = new Pipeline("p", { runtime: createRuntime({ clock }) }).step(provider, {
      name: "made",
      model: "m",
    });
    const { result: late } = await finish(pipeline.start({ timeoutMs: 100, throwOnFailure: false }), clock);
    expect(late.step("made").error?.code).toBe("TIMED_OUT");
    const { result } = await finish(late.resume(), clock);
    expect(result.status).toBe("completed");
    expect(provider.calls.map(({ method, operation }) => [method, operation])).toEqual([
      ["submit", undefined],
      ["poll", { job: "j1" }],
    ]);
    expect(new Set(provider.calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(result.run.steps[0]?.costUsd).toBe(2);
  });

  it("is followed when the network failed on the way, and asked for anew when the job itself failed", async () => {
    for (const [code, methods] of [
      ["SERVER_ERROR", ["submit", "poll", "poll"]],
      ["MODEL_ERROR", ["submit", "poll", "submit"]],
    ] as const) {
      const clock = createFakeClock();
      const provider = scriptedProvider({
        yields: "image",
        script: (_, call) => {
          if (call === 0) return { kind: "pending", operation: "j1" };
          if (call === 1) throw new GenblazeError(code, "Something went wrong.");
          return { kind: "done", output: { assets: [scriptedAsset("image/png", "late")] } };
        },
      });
      const pipeline = new Pipeline("p", { runtime: createRuntime({ clock, retry: "off" }) }).step(provider, {
        name: "made",
        model: "m",
      });
      const { result: failed } = await finish(pipeline.start({ throwOnFailure: false }), clock);
      expect(failed.step("made").error?.code).toBe(code);
      const { result } = await finish(failed.resume(), clock);
      expect(result.status).toBe("completed");
      expect(provider.calls.map(({ method }) => method)).toEqual(methods);
    }
  });

  it("is followed after a cancel only where its provider could not end it", async () => {
    for (const [canCancel, methods] of [
      [false, ["submit", "poll"]],
      [true, ["submit", "cancel", "submit"]],
    ] as const) {
      const clock = createFakeClock();
      const { cancel, ...scripted } = scriptedProvider({
        yields: "image",
        script: (_, call) =>
          call === 0
            ? { kind: "pending", operation: "j1" }
            : { kind: "done", output: { assets: [scriptedAsset("image/png", "late")] } },
      });
      const provider = { ...scripted, ...(canCancel && cancel !== undefined ? { cancel } : {}) };
      const handle = new Pipeline("p", { runtime: createRuntime({ clock }) })
        .step(provider, { name: "made", model: "m" })
        .start({ throwOnFailure: false });
      await clock.advance(100);
      handle.cancel();
      const { result: cancelled } = await finish(handle, clock);
      const { result } = await finish(cancelled.resume(), clock);
      expect([cancelled.status, result.status]).toEqual(["cancelled", "completed"]);
      expect(scripted.calls.map(({ method }) => method)).toEqual(methods);
    }
  });

  it("is followed by its own name where the step is private, which no journal has", async () => {
    const clock = createFakeClock();
    const journal = memoryJournal();
    const operation = { job: "a very secret harbour" };
    const provider = scriptedProvider({
      yields: "image",
      script: (_, call) =>
        call === 0
          ? { kind: "pending", operation }
          : { kind: "done", output: { assets: [scriptedAsset("image/png", "late")] } },
    });
    const pipeline = new Pipeline("p", { runtime: createRuntime({ clock, journal }) }).step(provider, {
      name: "made",
      model: "m",
      prompt: "a very secret harbour",
      promptVisibility: "private",
    });
    const { result: late } = await finish(pipeline.start({ timeoutMs: 100, throwOnFailure: false }), clock);
    const { result } = await finish(late.resume(), clock);
    expect(result.status).toBe("completed");
    expect(provider.calls.map(({ method, operation }) => [method, operation])).toEqual([
      ["submit", undefined],
      ["poll", operation],
    ]);
    expect(JSON.stringify(await entriesOf(journal, result.runId))).not.toContain("secret");
  });
});

describe("an answer that came when nobody waited any more", () => {
  /** A painter whose one answer comes when it is told to. */
  function slow(onAsked: () => void) {
    const answers: (() => void)[] = [];
    const provider = {
      ...image(),
      submit: () =>
        new Promise<Submission>((resolve) => {
          answers.push(() =>
            resolve({ status: "done", output: { assets: [scriptedAsset("image/png", "late")], costUsd: 2 } }),
          );
          onAsked();
        }),
    };
    return { provider, answers };
  }

  it("is taken on resume, with its words and its price, whether time was up or the run was cancelled", async () => {
    for (const end of ["time", "cancel"] as const) {
      const clock = createFakeClock();
      const { provider, answers } = slow(() => end === "cancel" && handle.cancel());
      const handle = new Pipeline("p", { runtime: createRuntime({ clock }) })
        .step(provider, { name: "made", model: "m", prompt: "a boat" })
        .start({ throwOnFailure: false, ...(end === "time" ? { timeoutMs: 100 } : {}) });
      const { result: late } = await finish(handle, clock);
      expect(late.step("made").error?.code).toBe(end === "time" ? "TIMED_OUT" : "CANCELLED");
      answers[0]?.();
      const { result } = await finish(late.resume(), clock);
      expect(result.status).toBe("completed");
      expect(answers).toHaveLength(1);
      expect(result.run.steps[0]).toMatchObject({ prompt: "a boat", costUsd: 2 });
    }
  });

  it("is taken on resume when the place for its bytes failed", async () => {
    const provider = image();
    let isFull = true;
    const createSpoolStorage = () => {
      const storage = memoryStorage();
      const put: typeof storage.put = async (...args) => {
        if (isFull) throw new Error("no space left");
        return storage.put(...args);
      };
      return { ...storage, put };
    };
    const first = await new Pipeline("p", { runtime: createRuntime({ createSpoolStorage }) })
      .step(provider, { name: "made", model: "m" })
      .run({ throwOnFailure: false });
    expect(first.status).toBe("failed");
    isFull = false;
    const second = await first.resume().result;
    expect(second.status).toBe("completed");
    expect(provider.asked).toHaveLength(1);
  });
});

describe("a journal that fails once, whatever it fails at", () => {
  it("costs nothing twice and has no gap once the run was resumed", async () => {
    const counts: number[] = [];
    for (let failing = 0; ; failing += 1) {
      const memory = memoryJournal();
      let appends = 0;
      const journal: Journal = {
        ...memory,
        async append(entry) {
          appends += 1;
          if (appends === failing + 1) throw new Error("disk full");
          await memory.append(entry);
        },
      };
      const provider = image();
      const first = await new Pipeline("p", { runtime: createRuntime({ journal }) })
        .step(provider, { name: "a", model: "m", prompt: "1" })
        .step(provider, { name: "b", model: "m", prompt: "2" })
        .step(provider, { name: "c", model: "m", prompt: "3", inputs: ["a", "b"] })
        .run({ throwOnFailure: false });
      const second = await first.resume().result;
      expect(second.status).toBe("completed");
      const asked = provider.asked.map(({ prompt }) => prompt);
      expect(asked.toSorted()).toEqual(["1", "2", "3"]);
      const places = (await entriesOf(memory, second.runId)).map(({ sequence }) => sequence);
      expect(places).toEqual(places.map((_, place) => place));
      counts.push(appends);
      if (first.status === "completed" && appends <= failing) break;
    }
    expect(counts.length).toBeGreaterThan(12);
  });
});
