import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { createRuntime, fanOut, from, memoryJournal, Pipeline, type RouteRequest, route } from "../../src/index.js";
import { replay } from "../../src/replay/index.js";
import { createFakeClock, scriptedAsset } from "../support.js";
import { finish, spansOf, statesOf, worker } from "./graph-support.js";

const image = worker({ name: "image", yields: "image", accepts: ["image"] });

const video = worker({ name: "video", yields: "video", accepts: ["image"] });

describe("PT-01 sequential", () => {
  it.each([
    { name: "fastest", takesMs: [1_000, 2_000, 8_000, 500], sumMs: 11_500 },
    { name: "slowest", takesMs: [3_000, 4_000, 15_000, 1_000], sumMs: 23_000 },
  ])("takes the sum of its steps at its $name: $sumMs ms", async ({ takesMs, sumMs }) => {
    const clock = createFakeClock();
    const [write = 0, paint = 0, move = 0, polish = 0] = takesMs;
    const chain = new Pipeline("chain")
      .step(worker({ name: "w", yields: "text", takesMs: write }), { name: "a", model: "m", prompt: "a boat" })
      .step(worker({ name: "p", yields: "image", takesMs: paint }), {
        name: "b",
        model: "m",
        prompt: from("a", String),
      })
      .step(worker({ name: "v", yields: "video", accepts: ["image"], takesMs: move }), {
        name: "c",
        model: "m",
        inputs: ["b"],
      })
      .step(worker({ name: "u", yields: "video", accepts: ["video"], takesMs: polish }), {
        name: "d",
        model: "m",
        inputs: ["c"],
      });
    const { result, events } = await finish(
      chain.start({ runtime: createRuntime({ clock, random: () => 0, poll: { intervalMs: 1 } }) }),
      clock,
    );
    expect(result.elapsedMs).toBe(sumMs);
    const ends = [write, write + paint, write + paint + move, sumMs];
    expect(spansOf(events)).toEqual({
      a: [0, ends[0]],
      b: [ends[0], ends[1]],
      c: [ends[1], ends[2]],
      d: [ends[2], ends[3]],
    });
  });
});

describe("PT-02 parallel", () => {
  it.each([
    { name: "fastest", takesMs: [2_000, 500, 300, 3_000], pathMs: 5_000, sequentialMs: 11_500, savedPercent: 57 },
    { name: "slowest", takesMs: [4_000, 1_000, 300, 5_000], pathMs: 9_000, sequentialMs: 23_000, savedPercent: 61 },
  ])("takes the longest branch and the merge at its $name: $pathMs ms", async (row) => {
    const clock = createFakeClock();
    const [picture = 0, voice = 0, words = 0, merge = 0] = row.takesMs;
    const fan = new Pipeline("fan")
      .step(worker({ name: "i", yields: "image", takesMs: picture }), { name: "picture", model: "m" })
      .step(worker({ name: "s", yields: "audio", takesMs: voice }), { name: "voice", model: "m" })
      .step(worker({ name: "t", yields: "text", takesMs: words }), { name: "words", model: "m" })
      .step(worker({ name: "f", yields: "video", accepts: ["image", "audio", "text"], takesMs: merge }), {
        name: "film",
        model: "m",
        inputs: ["picture", "voice", "words"],
      });
    const { result, events } = await finish(
      fan.start({ runtime: createRuntime({ clock, random: () => 0, poll: { intervalMs: 1 } }) }),
      clock,
    );
    expect(result.elapsedMs).toBe(row.pathMs);
    expect(spansOf(events)).toEqual({
      picture: [0, picture],
      voice: [0, voice],
      words: [0, words],
      film: [picture, picture + merge],
    });
    expect(Math.round((1 - result.elapsedMs / row.sequentialMs) * 100)).toBe(row.savedPercent);
    const report = await result.report();
    expect(report.criticalPath.keys).toEqual(["picture", "film"]);
    expect(report.criticalPath.lengthMs).toBe(row.pathMs);
  });

  it("takes the longest branch and the merge with a limit that all branches fit in, and longer with a smaller one", async () => {
    const takesMs = (model: { readonly model: string }) => Number(model.model);
    const timed = worker({ name: "timed", yields: "image", accepts: ["image"], takesMs });
    const fan = new Pipeline("fan")
      .step(timed, { name: "a", model: "400" })
      .step(timed, { name: "b", model: "300" })
      .step(timed, { name: "c", model: "100" })
      .step(timed, { name: "d", model: "50", inputs: ["a", "b", "c"] });
    const elapsed: number[] = [];
    for (const concurrency of [3, 2, 1]) {
      const clock = createFakeClock();
      const { result } = await finish(
        fan.start({ concurrency, runtime: createRuntime({ clock, random: () => 0, poll: { intervalMs: 1 } }) }),
        clock,
      );
      elapsed.push(result.elapsedMs);
    }
    expect(elapsed).toEqual([450, 450, 850]);
  });
});

describe("PT-03 one branch again, PT-15 recovery of a step", () => {
  it("tries the failed branch and what follows it again, and pays its siblings once", async () => {
    let isDown = true;
    const flaky = worker({
      name: "flaky",
      yields: "image",
      give: () => {
        if (isDown) throw new Error("out of order");
        return { assets: [scriptedAsset("image/png", "second try")] };
      },
    });
    const sibling = worker({ name: "sibling", yields: "image" });
    const merge = worker({ name: "merge", yields: "video", accepts: ["image"] });
    const failed = await new Pipeline("p")
      .step(flaky, { name: "left", model: "m" })
      .step(sibling, { name: "right", model: "m" })
      .step(merge, { name: "both", model: "m", inputs: ["left", "right"] })
      .run({ throwOnFailure: false });
    expect(statesOf(failed)).toEqual({ left: "failed", right: "succeeded", both: "skipped" });
    isDown = false;
    const good = await failed.resume().result;
    expect(statesOf(good)).toEqual({ left: "succeeded", right: "succeeded", both: "succeeded" });
    expect([flaky, sibling, merge].map(({ asked }) => asked.length)).toEqual([2, 1, 1]);
    // The output that was made before is the one that is used, by its hash.
    expect(good.step("right").assets).toEqual(failed.step("right").assets);
    expect(good.run.steps[2]?.inputs.map(({ sha256 }) => sha256)).toEqual([
      good.step("left").assets[0]?.sha256,
      failed.step("right").assets[0]?.sha256,
    ]);
    expect(statesOf(failed)).toEqual({ left: "failed", right: "succeeded", both: "skipped" });
  });
});

describe("PT-06 hybrid", () => {
  it("runs a route inside a parallel branch inside a chain, replays to the same shape, and runs again to the same hash", async () => {
    const branch = new Pipeline("branch", { input: z.object({ kind: z.string() }), accepts: ["image"] }).step(
      route(
        { still: { provider: image, model: "still" }, fine: { provider: image, model: "fine" } },
        function byKind({ input }: RouteRequest<{ readonly kind: string }>) {
          return input.kind === "fine" ? "fine" : "still";
        },
      ),
      { name: "pick", prompt: "look", input: from("input", (input) => input), inputs: ["input"] },
    );
    const hybrid = new Pipeline("hybrid")
      .step(image, { name: "anchor", model: "m", prompt: "boat" })
      .step(fanOut({ one: branch, two: { provider: image, model: "two" } }), {
        name: "both",
        prompt: "go",
        input: { kind: "fine" },
        inputs: ["anchor"],
      })
      .step(video, { name: "clip", model: "m", prompt: "move", inputs: { firstFrame: "both[0]" } });
    const result = await hybrid.run();
    const shape = {
      anchor: "succeeded",
      both: "succeeded",
      "both.one.pick": "succeeded",
      "both.one.pick.still": "skipped",
      "both.one.pick.fine": "succeeded",
      "both.two": "succeeded",
      clip: "succeeded",
    };
    expect(statesOf(result)).toEqual(shape);
    const again = replay(result.manifest, [image, video]);
    const replayed = await again.run();
    expect(statesOf(replayed)).toEqual(shape);
    expect(replayed.step("clip").assets.map(({ sha256 }) => sha256)).toEqual(
      result.step("clip").assets.map(({ sha256 }) => sha256),
    );
    const rerun = await hybrid.run();
    expect([statesOf(rerun), rerun.manifest.canonicalHash]).toEqual([shape, result.manifest.canonicalHash]);
  });
});

describe("PT-08 intermediate assets", () => {
  it("hands on references: a megabyte that goes through three steps is in the journal nowhere", async () => {
    const journal = memoryJournal();
    const big = new Uint8Array(1_000_000).fill(7);
    const make = worker({
      name: "make",
      yields: "image",
      accepts: ["image"],
      give: () => ({ assets: [{ mediaType: "image/png", bytes: big }] }),
    });
    const result = await new Pipeline("p", { chain: true })
      .step(make, { name: "a", model: "m" })
      .step(make, { name: "b", model: "m" })
      .step(make, { name: "c", model: "m" })
      .run({ runtime: createRuntime({ journal }) });
    let size = 0;
    for await (const entry of journal.read(result.runId)) size += JSON.stringify(entry).length;
    expect(size).toBeLessThan(20_000);
    expect(make.asked[1]?.inputs.map(({ asset }) => asset.sha256)).toEqual([result.step("a").assets[0]?.sha256]);
  });
});

describe("PT-10 layers, PT-11 swap in one line", () => {
  it("loads each layer by itself", async () => {
    const layers = await Promise.all([
      import("../../src/manifest/index.js"),
      import("../../src/provider/index.js"),
      import("../../src/storage/index.js"),
      import("../../src/pricing/index.js"),
      import("../../src/cache/index.js"),
      import("../../src/report/index.js"),
    ]);
    for (const layer of layers) expect(Object.keys(layer).length).toBeGreaterThan(0);
  });

  it("keeps names, types and all other records when provider and model of one step are others", async () => {
    const first = worker({ name: "first", yields: "image" });
    const second = worker({ name: "second", yields: "image" });
    const made = (source: typeof first, model: string) =>
      new Pipeline("p")
        .step(source, { name: "frame", model, prompt: "boat" })
        .step(video, { name: "clip", model: "m", prompt: "go", inputs: { firstFrame: "frame" } });
    const [one, other] = [made(first, "one"), made(second, "other")];
    expectTypeOf(one).toEqualTypeOf(other);
    const [before, after] = [await one.run(), await other.run()];
    expect(statesOf(after)).toEqual(statesOf(before));
    const facts = (run: typeof before) =>
      run.run.steps.map(({ metadata, params, prompt }) => [metadata, params, prompt]);
    expect(facts(after)).toEqual(facts(before));
  });
});
