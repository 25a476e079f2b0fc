import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { fileAsset, from, map, Pipeline } from "../../src/index.js";
import { resume } from "../../src/journal/index.js";
import { disk, type Job, outlivingProvider, untilCrash } from "./crash-support.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "genblaze-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

const photo = () => join(folder, "photo.png");
const shown = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

/** Two steps that take one file; what their provider reads of it. */
function film(jobs: Job[], read: string[], isChosen = false) {
  const video = outlivingProvider(jobs, "video", { accepts: ["image"], kind: "keys" });
  const reading: typeof video = {
    ...video,
    async submit(prepared, context) {
      read.push(shown(await prepared.body.inputs[0]?.read()));
      return video.submit(prepared, context);
    },
  };
  const taken = fileAsset(photo());
  return new Pipeline("film", { input: z.string() })
    .step(reading, {
      name: "first",
      model: "m",
      prompt: "it leaves",
      inputs: [isChosen ? from("input", () => fileAsset(photo())) : taken],
    })
    .step(reading, { name: "second", model: "m", prompt: "it sails", inputs: [taken], after: ["first"] });
}

const input = "words";

describe("a file from outside that changes between two processes", () => {
  it("is for a run what it was when a step first took it, and is paid for once", async () => {
    await writeFile(photo(), "first");
    const calm = disk();
    const whole = await film([], []).run({ input, journal: calm.process().journal, runId: "r" });
    const states = calm.statesOf("r");
    for (let crashAfter = states.indexOf("loaded first") + 1; crashAfter < states.length; crashAfter += 1) {
      await writeFile(photo(), "first");
      const [jobs, read, kept] = [[] as Job[], [] as string[], disk()];
      const first = kept.process({ crashAfter });
      await untilCrash(film(jobs, read).run({ input, journal: first.journal, runId: "r" }), first.crashed);
      await writeFile(photo(), "second");
      const second = await film(jobs, read).run({ input, journal: kept.process().journal, runId: "r" });
      expect([states[crashAfter - 1], jobs.length, new Set(read)]).toEqual([
        states[crashAfter - 1],
        2,
        new Set(["first"]),
      ]);
      expect(second.manifest.canonicalHash).toBe(whole.manifest.canonicalHash);
      const ids = second.run.steps.flatMap(({ inputs }) => inputs.map(({ assetId }) => assetId));
      expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    }
  });

  it("is so for the step that chose it by a function, too", async () => {
    for (const state of ["loaded first", "intent first", "submitted first", "output first"]) {
      await writeFile(photo(), "first");
      const calm = disk();
      await film([], [], true).run({ input, journal: calm.process().journal, runId: "r" });
      const [jobs, read, kept] = [[] as Job[], [] as string[], disk()];
      const first = kept.process({ crashAfter: calm.statesOf("r").indexOf(state) + 1 });
      await untilCrash(film(jobs, read, true).run({ input, journal: first.journal, runId: "r" }), first.crashed);
      await writeFile(photo(), "second");
      await film(jobs, read, true).run({ input, journal: kept.process().journal, runId: "r" });
      expect([state, jobs.length, read[0], read.at(-1)]).toEqual([state, 2, "first", "second"]);
    }
  });

  it("is the same for each item of a map", async () => {
    await writeFile(photo(), "first");
    const make = (jobs: Job[]) => {
      const shot = new Pipeline("shot", { input: z.string() }).step(
        outlivingProvider(jobs, "image", { accepts: ["image"], kind: "keys" }),
        { name: "frame", model: "m", prompt: from("input", (words) => words), inputs: [fileAsset(photo())] },
      );
      return new Pipeline("film").step(map(shot), { name: "shots", input: ["one", "two"] });
    };
    const calm = disk();
    await make([]).run({ journal: calm.process().journal, runId: "r" });
    const [jobs, kept] = [[] as Job[], disk()];
    const first = kept.process({ crashAfter: calm.statesOf("r").indexOf("loaded shots[0].frame") + 1 });
    await untilCrash(make(jobs).run({ journal: first.journal, runId: "r" }), first.crashed);
    await writeFile(photo(), "second");
    const second = await make(jobs).run({ journal: kept.process().journal, runId: "r" });
    const inputs = second.run.steps.flatMap((step) => step.inputs.map(({ assetId }) => assetId));
    expect([second.status, inputs.length, new Set(inputs).size]).toEqual(["completed", 2, 1]);
  });
});

describe("a step that is done anew", () => {
  it("takes the file that is there by then", async () => {
    await writeFile(photo(), "first");
    const [jobs, read, kept] = [[] as Job[], [] as string[], disk()];
    await film(jobs, read).run({ input, journal: kept.process().journal, runId: "r" });
    await writeFile(photo(), "second");
    const again = resume("r", { journal: kept.process().journal, pipeline: film(jobs, read), from: "first" });
    expect((await again.result).status).toBe("completed");
    expect(read).toEqual(["first", "first", "second", "second"]);
  });
});

describe("a file whose bytes no spool keeps", () => {
  it("is read again where it is what it was, and else is an error that says what to do", async () => {
    for (const [now, end] of [
      ["first", { status: "completed", code: undefined, read: ["first", "first"] }],
      ["second", { status: "failed", code: "INPUT_INVALID", read: [] }],
    ] as const) {
      await writeFile(photo(), "first");
      const [jobs, kept] = [[] as Job[], disk()];
      const first = kept.process({ crashAfter: 3, hasSpool: false });
      await untilCrash(film(jobs, []).run({ input, journal: first.journal, runId: "r" }), first.crashed);
      expect(kept.statesOf("r").at(-1)).toBe("loaded first");
      await writeFile(photo(), now);
      const read: string[] = [];
      const second = await film(jobs, read).run({
        input,
        journal: kept.process({ hasSpool: false }).journal,
        runId: "r",
        throwOnFailure: false,
      });
      const error = second.step("first").error;
      expect({ status: second.status, code: error?.code, read }).toEqual(end);
      if (now === "second")
        expect(error?.message).toMatch(/^Step "first" took "photo\.png", .*no spool.*\(SHA-256 [0-9a-f]{64}\).*"from"/);
    }
  });
});
