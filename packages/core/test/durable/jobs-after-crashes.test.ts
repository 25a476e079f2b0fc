import { mkdtemp, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fileAsset, from, GenblazeError, Pipeline } from "../../src/index.js";
import { resume } from "../../src/journal/index.js";
import { disk, type Job, outlivingProvider, untilCrash } from "./crash-support.js";

/** The number of entries up to and with the first of a state. */
async function entriesUntil(
  run: (journal: ReturnType<ReturnType<typeof disk>["process"]>["journal"]) => Promise<unknown>,
  state: string,
  nth = 1,
) {
  const calm = disk();
  await run(calm.process().journal).catch(() => undefined);
  let seen = 0;
  const index = calm.statesOf("r").findIndex((each) => each === state && ++seen === nth);
  if (index < 0) throw new Error(`no ${state} in ${calm.statesOf("r").join(", ")}`);
  return index + 1;
}

describe("a submitted job, after a crash", () => {
  it("is followed though the file that its step took is gone by then", async () => {
    const folder = await mkdtemp(join(tmpdir(), "genblaze-durable-"));
    const photo = join(folder, "photo.png");
    await writeFile(photo, "photo");
    const film = (jobs: Job[]) =>
      new Pipeline("film").step(outlivingProvider(jobs, "video", { accepts: ["image"], kind: "plain" }), {
        name: "clip",
        model: "m",
        prompt: "x",
        inputs: [fileAsset(photo)],
      });
    const crashAfter = await entriesUntil((journal) => film([]).run({ journal, runId: "r" }), "submitted clip");
    const [jobs, kept] = [[] as Job[], disk()];
    const first = kept.process({ crashAfter });
    expect(await untilCrash(film(jobs).run({ journal: first.journal, runId: "r" }), first.crashed)).toBe("crashed");
    await rename(photo, `${photo}.away`);
    const second = await film(jobs).run({ journal: kept.process().journal, runId: "r" });
    expect(second.status).toBe("completed");
    expect(jobs).toHaveLength(1);
  });

  it("is kept when the resumed run is out of time before the step", async () => {
    const film = (jobs: Job[]) =>
      new Pipeline("film").step(outlivingProvider(jobs, "image"), {
        name: "clip",
        model: "m",
        prompt: "x",
        guards: [
          {
            name: "slow",
            checkPrompt: () => (jobs.length > 0 && hangs ? new Promise(() => undefined) : { allowed: true }) as never,
          },
        ],
      });
    let hangs = false;
    const crashAfter = await entriesUntil((journal) => film([]).run({ journal, runId: "r" }), "submitted clip");
    const [jobs, kept] = [[] as Job[], disk()];
    const first = kept.process({ crashAfter });
    await untilCrash(film(jobs).run({ journal: first.journal, runId: "r" }), first.crashed);
    hangs = true;
    const second = await film(jobs).run({
      journal: kept.process().journal,
      runId: "r",
      throwOnFailure: false,
      timeoutMs: 20,
    });
    expect(second.error?.code).toBe("TIMED_OUT");
    hangs = false;
    const third = await resume("r", { journal: kept.process().journal, pipeline: film(jobs) }).result;
    expect(third.status).toBe("completed");
    expect(jobs).toHaveLength(1);
  });

  it("is kept when the spool cannot take its bytes for a while, and another process goes on", async () => {
    const jobs: Job[] = [];
    const kept = disk();
    const film = () =>
      new Pipeline("film").step(outlivingProvider(jobs, "image"), { name: "clip", model: "m", prompt: "x" });
    const { journal } = kept.process();
    const full = {
      ...journal,
      async claim(runId: string) {
        const claim = await journal.claim(runId);
        const spool = { ...claim.spool, put: () => Promise.reject(new Error("ENOSPC")) };
        return { ...claim, spool: spool as never };
      },
    };
    const first = await film().run({ journal: full, runId: "r", throwOnFailure: false });
    expect(first.status).toBe("failed");
    const second = await resume("r", { journal: kept.process().journal, pipeline: film() }).result;
    expect(second.status).toBe("completed");
    expect(jobs).toHaveLength(1);
  });

  for (const [what, params] of [
    ["-0", { x: -0 }],
    ["an object without prototype", { x: Object.assign(Object.create(null), { a: 1 }) }],
    ["large numbers and unicode", { x: 1e300, y: "\u2028é\u0000", z: 2 ** 53 }],
    ["__proto__", { x: JSON.parse('{"__proto__": 1}') }],
    ["undefined", { x: undefined, y: 1 }],
    ["inner undefined", { x: { a: undefined } }],
  ] as const) {
    it(`is followed though its params hold ${what}`, async () => {
      const film = (jobs: Job[]) =>
        new Pipeline("film").step(outlivingProvider(jobs, "image"), { name: "clip", model: "m", prompt: "x", params });
      let calm: string;
      try {
        calm = (await film([]).run()).manifest.canonicalHash;
      } catch (error) {
        expect(GenblazeError.isInstance(error)).toBe(true);
        return;
      }
      const crashAfter = await entriesUntil((journal) => film([]).run({ journal, runId: "r" }), "submitted clip");
      const [jobs, kept] = [[] as Job[], disk()];
      const first = kept.process({ crashAfter });
      await untilCrash(film(jobs).run({ journal: first.journal, runId: "r" }), first.crashed);
      const second = await film(jobs).run({ journal: kept.process().journal, runId: "r" });
      expect(jobs).toHaveLength(1);
      expect(second.manifest.canonicalHash).toBe(calm);
    });
  }

  for (const withKey of [false, true])
    for (const kind of ["plain", "keys", "lists"] as const)
      it(`is followed, or asked for under its key, though its operation holds private words (${kind}, ownerKey ${withKey})`, async () => {
        const film = (jobs: Job[]) =>
          new Pipeline("film").step(
            outlivingProvider(jobs, "image", {
              kind,
              operationOf: (job, { prompt }) => ({ id: `job-${job}`, input: { prompt: prompt ?? "" } }),
            }),
            { name: "clip", model: "m", prompt: "a very private prompt", promptVisibility: "private" },
          );
        const privacy = withKey ? { ownerKey: new Uint8Array(32).fill(7) } : {};
        const crashAfter = await entriesUntil(
          (journal) => film([]).run({ journal, runId: "r", privacy }),
          "submitted clip",
        );
        const [jobs, kept] = [[] as Job[], disk()];
        const first = kept.process({ crashAfter });
        await untilCrash(film(jobs).run({ journal: first.journal, runId: "r", privacy }), first.crashed);
        const second = await film(jobs).run({
          journal: kept.process().journal,
          runId: "r",
          privacy,
          throwOnFailure: false,
        });
        // Of a plain provider nobody can tell; then it may stop, and must not pay.
        expect(jobs.length).toBe(1);
        if (kind !== "plain") expect(second.status).toBe("completed");
      });
});

describe("a text that was paid for, after a crash between output and succeeded", () => {
  for (const isPrivate of [false, true])
    for (const withKey of [true, false])
      it(`is not paid again: private ${isPrivate}, key ${withKey}`, async () => {
        const film = (jobs: Job[]) =>
          new Pipeline("film")
            .step(outlivingProvider(jobs, "text"), {
              name: "story",
              model: "m",
              prompt: "a story of a long boat",
              ...(isPrivate ? { promptVisibility: "private" as const } : {}),
            })
            .step(outlivingProvider(jobs, "image"), {
              name: "poster",
              model: "m",
              prompt: from("story", (text) => `poster of ${text}`),
              ...(isPrivate ? { promptVisibility: "private" as const } : {}),
            });
        const privacy = withKey ? { ownerKey: new Uint8Array(32).fill(7) } : {};
        const calm = await film([]).run({ journal: disk().process().journal, runId: "r", privacy });
        for (const state of ["output story", "succeeded story", "submitted poster", "output poster"]) {
          const crashAfter = await entriesUntil((journal) => film([]).run({ journal, runId: "r", privacy }), state);
          const [jobs, kept] = [[] as Job[], disk()];
          const first = kept.process({ crashAfter });
          await untilCrash(film(jobs).run({ journal: first.journal, runId: "r", privacy }), first.crashed);
          const second = await film(jobs).run({
            journal: kept.process().journal,
            runId: "r",
            privacy,
            throwOnFailure: false,
          });
          expect([
            state,
            jobs.map(({ request }) => request.prompt?.slice(0, 6)),
            second.status,
            second.error?.message,
          ]).toEqual([state, ["a stor", "poster"], "completed", undefined]);
          if (!isPrivate || withKey) expect(second.manifest.canonicalHash).toBe(calm.manifest.canonicalHash);
          expect(second.step("story").text).toBe(calm.step("story").text);
        }
      });
});

describe("a regenerated step, after a crash", () => {
  const film = (jobs: Job[], kind: "keys" | "lists") =>
    new Pipeline("film").step(
      outlivingProvider(jobs, "image", {
        kind,
        give: ({ seed }) => ({
          assets: [{ mediaType: "image/x-scripted", bytes: new TextEncoder().encode(`seed ${seed}`) }],
        }),
      }),
      {
        name: "clip",
        model: "m",
        prompt: "x",
        params: { seed: 5 },
        regenerate: 2,
        guards: [
          {
            name: "taste",
            checkOutput: async ({ assets }) => {
              const bytes = await assets[0]?.read();
              return new TextDecoder().decode(bytes) === "seed 7"
                ? { allowed: true }
                : { allowed: false, reason: "ugly" };
            },
          },
        ],
      },
    );
  for (const kind of ["keys", "lists"] as const)
    it(`pays for the same and gives the same manifest, ${kind}`, async () => {
      const calmJobs: Job[] = [];
      const calmDisk = disk();
      const calm = await film(calmJobs, kind).run({ journal: calmDisk.process().journal, runId: "r" });
      const states = calmDisk.statesOf("r");
      const seen: unknown[] = [];
      for (let crashAfter = 1; crashAfter < states.length; crashAfter += 1) {
        const [jobs, kept] = [[] as Job[], disk()];
        const first = kept.process({ crashAfter });
        await untilCrash(film(jobs, kind).run({ journal: first.journal, runId: "r" }), first.crashed);
        const second = await film(jobs, kind).run({
          journal: kept.process().journal,
          runId: "r",
          throwOnFailure: false,
        });
        const isSame = second.manifest.canonicalHash === calm.manifest.canonicalHash;
        const seeds = jobs.map(({ request }) => request.seed);
        if (!isSame || seeds.length !== 3)
          seen.push([
            crashAfter,
            states[crashAfter - 1],
            seeds,
            second.status,
            isSame,
            second.run.steps[0]?.seed,
            second.steps[0]?.error?.message,
          ]);
      }
      expect(seen).toEqual([]);
    });
});

describe("run({ runId }) with the same input", () => {
  for (const [what, input] of [
    ["-0", { x: -0 }],
    ["a key that is undefined", { x: 1, y: undefined }],
    ["no prototype", Object.assign(Object.create(null), { x: 1 })],
  ] as const)
    it(`takes it for the same when it holds ${what}`, async () => {
      const film = () =>
        new Pipeline("film", { input: z.object({ x: z.number() }) }).step(outlivingProvider([], "image"), {
          name: "clip",
          model: "m",
          prompt: "x",
        });
      const kept = disk();
      await film().run({ input, journal: kept.process().journal, runId: "r" });
      const again = await film().run({ input, journal: kept.process().journal, runId: "r" });
      expect(again.status).toBe("completed");
    });
});
