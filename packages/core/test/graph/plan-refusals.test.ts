import { describe, expect, it } from "vitest";
import { z } from "zod";
import { onlyFor } from "../../src/guard/only-for.js";
import { approve, fanOut, from, GenblazeError, loop, map, Pipeline, route, split } from "../../src/index.js";
import { codeOf, messageOf, rejection } from "../thrown.js";
import { worker } from "./graph-support.js";

const image = worker({ name: "image", yields: "image", accepts: ["image"] });
const video = worker({ name: "video", yields: "video", accepts: ["image"] });
const mixer = worker({ name: "mixer", yields: "video", accepts: ["video", "audio", "text", "image"] });
const cutter = { ...mixer, name: "cutter", alsoYields: ["text"] as const };

const move = new Pipeline("move", { accepts: ["image"] }) //
  .step(video, { name: "clip", model: "m", inputs: ["input"] });

describe("a pipeline inside that takes assets", () => {
  it("is refused by plan where its step brings none, however it is used", () => {
    const bare = new Pipeline("p").step(image, { name: "f", model: "m" }).step(move, { name: "s" });
    expect(codeOf(() => bare.plan())).toBe("INPUT_INVALID");
    expect(messageOf(() => bare.plan())).toBe(
      'Step "s": step "clip" of pipeline "move" takes the image that the pipeline is given, but "s" brings none. Give it inputs: ["..."].',
    );
    const nodes = [route({ only: move }, () => "only"), loop(move, { judge: () => true })];
    for (const node of nodes) {
      expect(codeOf(() => new Pipeline("p").step(node, { name: "s" }).plan())).toBe("INPUT_INVALID");
    }
    const each = new Pipeline("each", { accepts: ["image"], input: z.string() }) //
      .step(video, { name: "clip", model: "m", inputs: ["input"] });
    expect(codeOf(() => new Pipeline("p").step(map(each), { name: "s", input: ["a"] }).plan())).toBe("INPUT_INVALID");
    const outer = new Pipeline("outer", { accepts: ["image"] }).step(move, { name: "m", inputs: ["input"] });
    expect(codeOf(() => new Pipeline("p").step(outer, { name: "s" }).plan())).toBe("INPUT_INVALID");
  });

  it("is not refused where the step brings some, by name or by chain, or where it can do without", () => {
    const fed = new Pipeline("p").step(image, { name: "f", model: "m" }).step(move, { name: "s", inputs: ["f"] });
    const chained = new Pipeline("p", { chain: true }).step(image, { name: "f", model: "m" }).step(move, { name: "s" });
    const lenient = new Pipeline("lenient", { accepts: ["image"] })
      .step(image, { name: "same", model: "m", inputs: ["input"], optional: true })
      .step(image, { name: "other", model: "m" });
    const free = new Pipeline("p").step(lenient, { name: "s" });
    expect([fed, chained, free].map((each) => each.plan().steps.length)).toEqual([2, 2, 1]);
  });

  it("is not refused where its step may be left out, or has something else to work on", async () => {
    const edit = { name: "edit", model: "m", inputs: ["input"] } as const;
    const asked = new Pipeline("asked", { accepts: ["image"], input: z.boolean() })
      .step(image, { ...edit, when: from("input", (has) => has) })
      .step(image, { name: "fresh", model: "m" });
    const after = new Pipeline("after", { accepts: ["image"], input: z.boolean() })
      .step(image, { name: "first", model: "m", when: from("input", (has) => has) })
      .step(image, { ...edit, after: ["first"] });
    const both = new Pipeline("both", { accepts: ["image"] })
      .step(image, { name: "frame", model: "m" })
      .step(video, { name: "clip", model: "m", inputs: ["frame", "input"] });
    const around = new Pipeline("around", { accepts: ["image"] }).step(both, { name: "b", inputs: ["input"] });
    const fresh = new Pipeline("fresh").step(video, { name: "clip", model: "m" });
    const each = new Pipeline("each", { accepts: ["image"], input: z.string() }).step(image, edit);
    const p = new Pipeline("p");
    const runs = [
      p.step(asked, { name: "s", input: false }),
      p.step(after, { name: "s", input: false, optional: true }).step(image, { name: "f", model: "m" }),
      p.step(both, { name: "s" }),
      p.step(around, { name: "s" }),
      p.step(map(each), { name: "s", input: [] }),
      p.step(
        route({ move, fresh }, () => "fresh"),
        { name: "s" },
      ),
      p.step(split({ move, fresh }, { weights: { move: 0, fresh: 1 } }), { name: "s" }),
      p.step(fanOut({ move, fresh }, { join: "any" }), { name: "s" }),
    ];
    for (const pipeline of runs) expect((await pipeline.run()).status).toBe("completed");
    expect((await both.run()).status).toBe("completed");
  });

  it("is refused where every way leads to such a step, or a part of nothing is taken", () => {
    const other = new Pipeline("other", { accepts: ["image"] }).step(video, {
      name: "film",
      model: "m",
      inputs: ["input"],
    });
    const fresh = new Pipeline("fresh").step(video, { name: "clip", model: "m" });
    const part = new Pipeline("part", { accepts: ["image"] })
      .step(image, { name: "frame", model: "m" })
      .step(video, { name: "clip", model: "m", inputs: ["frame", "input[0]"] });
    const gate = new Pipeline("gate", { accepts: ["image"] }).step(approve(), { name: "ok", inputs: ["input"] });
    const p = new Pipeline("p");
    const refused = [
      p.step(
        route({ move, other }, () => "move"),
        { name: "s" },
      ),
      p.step(fanOut({ move, other }, { join: "any" }), { name: "s" }),
      p.step(fanOut({ move, fresh }), { name: "s" }),
      p.step(part, { name: "s" }),
      p.step(gate, { name: "s" }),
    ];
    expect(refused.map((pipeline) => codeOf(() => pipeline.plan()))).toEqual(refused.map(() => "INPUT_INVALID"));
  });

  it("is refused by its run when it is given none itself, before anything is paid for", async () => {
    const painter = worker({ name: "painter", yields: "image" });
    const pipeline = new Pipeline("p", { accepts: ["image"] })
      .step(painter, { name: "other", model: "m" })
      .step(video, { name: "clip", model: "m", inputs: ["input"] });
    const error = await rejection(pipeline.run());
    expect([error.code, error.message]).toEqual([
      "INPUT_INVALID",
      'Step "clip" takes the image that pipeline "p" is given, but none was given. Give it to the run: run({ assets: [fileAsset("...")] }).',
    ]);
    expect(painter.asked).toEqual([]);
  });

  it("is refused by plan as a map that has no items", () => {
    expect(messageOf(() => new Pipeline("p").step(map(move), { name: "s" }).plan())).toContain(
      'Step "s": a map needs items',
    );
  });
});

describe("a selector of a kind", () => {
  const framed = new Pipeline("p").step(image, { name: "frame", model: "m" });

  it("is refused by plan where the step never gives that kind, through nodes too", () => {
    const wrong = framed.step(mixer, { name: "film", model: "m", inputs: ["frame.video"] });
    expect(codeOf(() => wrong.plan())).toBe("WRONG_MODALITY");
    expect(messageOf(() => wrong.plan())).toBe(
      'Step "film" takes "frame.video", but "frame" yields image. Take "frame", or another step.',
    );
    const moved = framed.step(map(move), { name: "clips", inputs: ["frame"] });
    const through = moved.step(mixer, { model: "m", inputs: ["clips.image[0]"] });
    expect(codeOf(() => through.plan())).toBe("WRONG_MODALITY");
  });

  it("may be one that the provider says it gives too, or one of a node that hands on what it takes", () => {
    const cut = framed
      .step(cutter, { name: "film", model: "m", inputs: ["frame"] })
      .step(mixer, { name: "again", model: "m", inputs: ["film.text", "film.video"] })
      .step(approve({ passes: "video" }), { name: "ok", inputs: ["film"] })
      .step(mixer, { model: "m", inputs: ["ok.text"] });
    expect(cut.plan().steps).toHaveLength(5);
    const odd = { ...mixer, alsoYields: ["smell"] } as never;
    expect(messageOf(() => new Pipeline("p").step(odd, { model: "m" }))).toContain("`alsoYields` must be a list of");
  });
});

describe("a request that a provider refuses", () => {
  const picky = {
    ...worker({ name: "picky", yields: "image" }),
    prepare(): never {
      throw new GenblazeError("INVALID_INPUT", "params.width must be even.", { details: { width: 3 } });
    },
  };

  it("is told with its step, in a plan and in a run", async () => {
    const planned = new Pipeline("p").step(picky, { name: "frame", model: "m" });
    expect(messageOf(() => planned.plan())).toBe('Step "frame": params.width must be even.');
    const late = new Pipeline("p", { input: z.string() }) //
      .step(picky, { name: "frame", model: "m", prompt: from("input", (words) => words) });
    const error = (await late.run({ input: "a boat", throwOnFailure: false })).step("frame").error;
    expect([error?.code, error?.message, error?.details]).toEqual([
      "INVALID_INPUT",
      'Step "frame": params.width must be even.',
      { width: 3, step: "frame" },
    ]);
  });
});

describe("a guard for some steps only", () => {
  const guard = { name: "looker", checkOutput: () => ({ allowed: true }) as const };
  const inner = new Pipeline("inner", { input: z.string() }).step(image, { name: "frame", model: "m" });
  const warningsFor = (...steps: readonly string[]) =>
    new Pipeline("p", { guards: [onlyFor({ steps }, guard)] })
      .step(image, { name: "poster", model: "m" })
      .step(map(inner), { name: "shots", input: ["a"] })
      .plan()
      .steps.flatMap(({ warnings }) => warnings);

  it("is warned of in a plan when it names a step that there cannot be", () => {
    expect(warningsFor("poster", "shots[*].frame", "shots[0].frame")).toEqual([]);
    expect(warningsFor("poster", "postr", "shots[*].fram")).toEqual([
      {
        option: "guards.looker",
        message:
          'It is for "postr", but pipeline "p" has no such step, so that it looks at nothing there. Did you mean "poster"?',
      },
      {
        option: "guards.looker",
        message:
          'It is for "shots[*].fram", but pipeline "p" has no such step, so that it looks at nothing there. Did you mean "shots[*].frame"?',
      },
    ]);
  });
});
