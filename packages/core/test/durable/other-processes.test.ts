import { describe, expect, it } from "vitest";
import { z } from "zod";
import { approve, from, GenblazeError, map, Pipeline } from "../../src/index.js";
import { cancelRun, resume } from "../../src/journal/index.js";
import { disk, type Job, outlivingProvider, untilCrash } from "./crash-support.js";

async function entriesUntil(
  run: (journal: ReturnType<ReturnType<typeof disk>["process"]>["journal"]) => Promise<unknown>,
  state: string,
) {
  const calm = disk();
  await run(calm.process().journal).catch(() => undefined);
  const index = calm.statesOf("r").indexOf(state);
  if (index < 0) throw new Error(`no ${state} in ${calm.statesOf("r").join(", ")}`);
  return index + 1;
}

describe("a second attempt that was never sent", () => {
  it("is asked for with the seed that its intent says", async () => {
    const asked: unknown[] = [];
    const film = (jobs: Job[], isDying: boolean) =>
      new Pipeline("film").step(
        {
          ...outlivingProvider(jobs, "image", {
            kind: "keys",
            onSubmit: ({ seed }, { idempotencyKey }) => {
              if (isDying && seed === 6) throw new Error("the process is gone");
              asked.push([seed, idempotencyKey.split("/").slice(2)]);
            },
            give: ({ seed }) => ({
              assets: [{ mediaType: "image/x-scripted", bytes: new TextEncoder().encode(`seed ${seed}`) }],
            }),
          }),
        },
        {
          name: "clip",
          model: "m",
          prompt: "x",
          params: { seed: 5 },
          regenerate: 1,
          guards: [
            {
              name: "taste",
              checkOutput: () => (jobs.length > 1 ? { allowed: true } : { allowed: false, reason: "ugly" }),
            },
          ],
        },
      );
    const [jobs, kept] = [[] as Job[], disk()];
    const states: string[] = [];
    const calm = disk();
    await film([], false).run({ journal: calm.process().journal, runId: "r" });
    states.push(...calm.statesOf("r"));
    asked.length = 0;
    const crashAfter = states.lastIndexOf("intent clip") + 1;
    const first = kept.process({ crashAfter });
    await untilCrash(film(jobs, true).run({ journal: first.journal, runId: "r" }), first.crashed);
    const second = await film(jobs, false).run({ journal: kept.process().journal, runId: "r" });
    const bytes = new TextDecoder().decode(await second.step("clip").bytes());
    expect([second.run.steps[0]?.seed, bytes]).toEqual([6, "seed 6"]);
  });
});

describe("result.resume() after another process went on", () => {
  const film = (jobs: Job[], isDown: () => boolean) => {
    const image = outlivingProvider(jobs, "image", {
      isAtOnce: true,
      onSubmit: () => {
        if (isDown()) throw new GenblazeError("MODEL_ERROR", "down");
      },
    });
    const chat = outlivingProvider(jobs, "text", {
      isAtOnce: true,
      onSubmit: () => {
        if (isDown()) throw new GenblazeError("MODEL_ERROR", "down");
      },
    });
    return new Pipeline("film")
      .step(chat, { name: "story", model: "m", prompt: "a boat" })
      .step(approve(), { name: "gate", after: ["story"] } as never)
      .step(image, {
        name: "poster",
        model: "m",
        prompt: from("story", (text) => `poster of ${text}`),
        after: ["gate"] as never,
      });
  };

  it("reads what the other one made", async () => {
    const [jobs, kept] = [[] as Job[], disk()];
    let down = true;
    const make = () => film(jobs, () => down);
    const first = await make().run({ journal: kept.process().journal, runId: "r", throwOnFailure: false });
    expect(first.status).toBe("failed");
    down = false;
    const other = await resume("r", { journal: kept.process().journal, pipeline: make(), throwOnFailure: false })
      .result;
    expect(other.status).toBe("waiting");
    const third = await first.resume({ answers: { gate: { approved: true } }, throwOnFailure: false }).result;
    expect(third.error?.message).toBe(undefined);
    expect(third.step("story").text).toBe("text of vendor-text/m: a boat");
    expect(jobs.map(({ request }) => request.prompt)).toEqual(["a boat", "poster of text of vendor-text/m: a boat"]);
  });

  it("has the bytes of what the other one made", async () => {
    const [jobs, kept] = [[] as Job[], disk()];
    let down = true;
    const make = () =>
      new Pipeline("p").step(
        outlivingProvider(jobs, "image", {
          isAtOnce: true,
          onSubmit: () => {
            if (down) throw new GenblazeError("MODEL_ERROR", "down");
          },
        }),
        { name: "poster", model: "m", prompt: "x" },
      );
    const first = await make().run({ journal: kept.process().journal, runId: "r", throwOnFailure: false });
    down = false;
    const other = await resume("r", { journal: kept.process().journal, pipeline: make() }).result;
    const third = await first.resume().result;
    expect(third.status).toBe("completed");
    expect(await third.step("poster").bytes()).toEqual(await other.step("poster").bytes());
  });

  it("does not follow a job that the other one has replaced", async () => {
    const [jobs, kept] = [[] as Job[], disk()];
    let mode: "hang" | "dead" | "good" = "hang";
    const provider = outlivingProvider(jobs, "image");
    const make = () =>
      new Pipeline("p").step(
        {
          ...provider,
          async poll(operation, context) {
            if (mode === "hang") return new Promise(() => undefined);
            if (mode === "dead" && JSON.stringify(operation) === '{"job":0}')
              return { status: "failed", error: new GenblazeError("MODEL_ERROR", "dead") };
            if (mode === "dead") return new Promise(() => undefined);
            if (JSON.stringify(operation) === '{"job":0}') throw new GenblazeError("MODEL_ERROR", "it is dead");
            return provider.poll?.(operation, context) as never;
          },
        },
        { name: "poster", model: "m", prompt: "x" },
      );
    const first = await make().run({
      journal: kept.process().journal,
      runId: "r",
      throwOnFailure: false,
      timeoutMs: 30,
    });
    mode = "dead";
    await resume("r", { journal: kept.process().journal, pipeline: make(), throwOnFailure: false }).result;
    await resume("r", { journal: kept.process().journal, pipeline: make(), throwOnFailure: false, timeoutMs: 30 })
      .result;
    expect(jobs).toHaveLength(2);
    mode = "good";
    const last = await first.resume({ throwOnFailure: false }).result;
    expect([last.status, jobs.length]).toEqual(["completed", 2]);
  });

  it("does not write what its journal could not take over what the other one wrote", async () => {
    const [jobs, kept] = [[] as Job[], disk()];
    const { journal } = kept.process();
    let broken = false;
    let left = 7;
    const flaky = {
      ...journal,
      append(entry: Parameters<typeof journal.append>[0]) {
        left -= 1;
        if (left < 0) broken = true;
        return broken ? Promise.reject(new Error("disk")) : journal.append(entry);
      },
    };
    const make = (_hasB = true) => {
      const image = outlivingProvider(jobs, "image", { isAtOnce: true });
      return new Pipeline("p")
        .step(image, { name: "a", model: "m", prompt: "a" })
        .step(image, { name: "b", model: "m", prompt: "b" })
        .step(image, { name: "c", model: "m", prompt: "c" })
        .step(image, { name: "d", model: "m", prompt: "d" });
    };
    const first = await make().run({ journal: flaky, runId: "r", throwOnFailure: false, onUnknownSubmit: "resubmit" });
    expect(first.error?.code).toBe("JOURNAL_FAILED");
    const before = kept.statesOf("r").length;
    broken = false;
    left = 1e9;
    const cancelledElsewhere = await cancelRun("r", { journal: kept.process().journal, pipeline: make() });
    const third = await first.resume({ throwOnFailure: false, onUnknownSubmit: "resubmit" }).result;
    const sequences = kept.entriesOf("r").map(({ sequence }) => sequence);
    expect([before, cancelledElsewhere.status]).toEqual([7, "cancelled"]);
    expect(new Set(sequences).size).toBe(sequences.length);
    expect(third.status).toBe("completed");
    const fresh = await make().run({ journal: kept.process().journal, runId: "r", throwOnFailure: false });
    expect([fresh.status, fresh.manifest.canonicalHash]).toEqual(["completed", third.manifest.canonicalHash]);
  });
});

describe("a text output with both text and json", () => {
  it("goes on after a crash", async () => {
    const film = (jobs: Job[]) =>
      new Pipeline("film")
        .step(
          outlivingProvider(jobs, "text", { give: () => ({ text: "Here are your scenes.", json: { scenes: ["a"] } }) }),
          { name: "story", model: "m", prompt: "x", output: z.object({ scenes: z.array(z.string()) }) },
        )
        .step(outlivingProvider(jobs, "image"), {
          name: "poster",
          model: "m",
          prompt: from("story", (s) => s.scenes.join()),
        });
    for (const state of ["output story", "succeeded story"]) {
      const crashAfter = await entriesUntil((journal) => film([]).run({ journal, runId: "r" }), state);
      const [jobs, kept] = [[] as Job[], disk()];
      const first = kept.process({ crashAfter });
      await untilCrash(film(jobs).run({ journal: first.journal, runId: "r" }), first.crashed);
      const second = await film(jobs)
        .run({ journal: kept.process().journal, runId: "r", throwOnFailure: false })
        .catch((error: unknown) => ({ status: "rejected", error: error as Error }));
      expect([state, second.status, second.error?.message, jobs.length]).toEqual([state, "completed", undefined, 2]);
    }
  });
});

describe("a sink that failed", () => {
  it("is written to by run({ runId }) again, and result is kept", async () => {
    const kept = disk();
    const jobs: Job[] = [];
    const make = () => new Pipeline("p").step(outlivingProvider(jobs, "image"), { name: "a", model: "m", prompt: "a" });
    let isDown = true;
    const sink = {
      name: "s",
      async write(input: { run: unknown; manifest: unknown }) {
        if (isDown) throw new Error("sink down");
        return { run: input.run, manifest: input.manifest, key: "k" } as never;
      },
    };
    const first = await make().run({
      journal: kept.process().journal,
      runId: "r",
      sink: sink as never,
      throwOnFailure: false,
    });
    expect(first.error?.code).toBe("SINK_FAILED");
    isDown = false;
    const second = await make().run({ journal: kept.process().journal, runId: "r", sink: sink as never });
    expect([second.status, second.manifest.canonicalHash, jobs.length]).toEqual([
      "completed",
      first.manifest.canonicalHash,
      1,
    ]);
  });
});

describe("gates inside a map, answered in other processes one after the other", () => {
  it("ends as in one process", async () => {
    const make = (jobs: Job[]) => {
      const image = outlivingProvider(jobs, "image", { accepts: ["image"] });
      const shot = new Pipeline("shot", { input: z.string() })
        .step(image, { name: "frame", model: "m", prompt: from("input", (w) => `frame ${w}`) })
        .step(approve(), { name: "ok", inputs: ["frame"] } as never)
        .step(image, {
          name: "final",
          model: "m",
          prompt: "final",
          inputs: ["ok"],
        } as never);
      return new Pipeline("p").step(map(shot), { name: "shots", input: ["one", "two"] });
    };
    const answersOf = (n: number) => ({ [`shots[${n}].ok`]: { approved: true } });
    const calm = await make([]).run({
      answers: { ...answersOf(0), ...answersOf(1) } as never,
      journal: disk().process().journal,
      runId: "r",
      throwOnFailure: false,
    });
    const [jobs, kept] = [[] as Job[], disk()];
    const go = (answers?: Record<string, unknown>) =>
      make(jobs).run({
        journal: kept.process().journal,
        runId: "r",
        throwOnFailure: false,
        ...(answers ? { answers } : {}),
      } as never);
    expect((await go()).status).toBe("waiting");
    expect((await go(answersOf(1))).status).toBe("waiting");
    expect((await go()).status).toBe("waiting");
    const last = await go(answersOf(0));
    expect([last.status, last.error?.message, jobs.length]).toEqual(["completed", undefined, 4]);
    expect(last.manifest.canonicalHash).toBe(calm.manifest.canonicalHash);
  });
});

describe("a step that failed in one process and succeeded in the next", () => {
  it("has no error any more", async () => {
    const [jobs, kept] = [[] as Job[], disk()];
    let isDown = true;
    const onSubmit = () => {
      if (isDown) throw new GenblazeError("MODEL_ERROR", "down");
    };
    const make = () =>
      new Pipeline("p").step(outlivingProvider(jobs, "image", { onSubmit }), { name: "a", model: "m", prompt: "a" });
    await make().run({ journal: kept.process().journal, runId: "r", throwOnFailure: false });
    isDown = false;
    const end = await resume("r", { journal: kept.process().journal, pipeline: make() }).result;
    expect([end.status, end.step("a").state, end.step("a").error]).toEqual(["completed", "succeeded", undefined]);
  });
});
