import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { scriptedProvider } from "../../test/support.js";
import { codeOf, messageOf } from "../../test/thrown.js";
import type { RunResult } from "../run/run-result.js";
import { createRuntime } from "../run/runtime.js";
import { describePlan } from "./describe-plan.js";
import { Pipeline } from "./pipeline.js";
import { from } from "./reference.js";
import type { StepOutput } from "./scope.js";

const chat = scriptedProvider({ name: "chat", yields: "text" });
const image = scriptedProvider({ name: "image", yields: "image" });
const video = scriptedProvider({ name: "video", yields: "video", accepts: ["image"] });
const music = scriptedProvider({ name: "music", yields: "audio" });
const upscale = scriptedProvider({ name: "upscale", yields: "video", accepts: ["video"] });
const film = scriptedProvider({ name: "film", yields: "video", accepts: ["video", "audio"] });
const Story = z.object({ scenes: z.array(z.object({ picture: z.string() })) });

describe("Pipeline", () => {
  it("is immutable: a step gives a new pipeline and leaves the old one as it was", () => {
    const empty = new Pipeline("film");
    const one = empty.step(image, { model: "m" });
    expect(empty.definition.steps).toHaveLength(0);
    expect(one.definition.steps).toHaveLength(1);
    expect(Object.isFrozen(one.definition)).toBe(true);
  });

  it("types the value of from() by the schema of the step it names", () => {
    new Pipeline("film", { input: z.object({ sentence: z.string() }) })
      .step(chat, {
        name: "story",
        model: "m",
        output: Story,
        prompt: from("input", (input) => {
          expectTypeOf(input).toEqualTypeOf<{ sentence: string }>();
          return input.sentence;
        }),
      })
      .step(image, {
        name: "frame",
        model: "m",
        prompt: from("story", (story) => {
          expectTypeOf(story).toEqualTypeOf<z.infer<typeof Story>>();
          return story.scenes[0]?.picture ?? "";
        }),
      });
  });

  it("refuses misspelt names, wrong modalities and unknown options in the type checker and at run time", () => {
    const one = new Pipeline("film")
      .step(image, { name: "frame", model: "m" })
      .step(video, { name: "clip", model: "m" });
    // @ts-expect-error an output's name in save() is checked too
    const misspelt = (result: RunResult<{ frame: StepOutput<"image"> }>) => result.save("x.png", { step: "fram" });
    expect(misspelt).toBeTypeOf("function");
    const asking = new Pipeline("p", { input: z.object({ n: z.number() }) });
    // @ts-expect-error a pipeline with an input must be given one
    const bare = () => asking.run();
    expect(bare).toBeTypeOf("function");
    // Optional things may be given as undefined.
    one.step(image, { model: "m", prompt: undefined, params: { seed: undefined }, inputs: undefined, name: undefined });
    // @ts-expect-error misspelt input
    expect(codeOf(() => one.step(video, { model: "m", inputs: ["frmae"] }).plan())).toBe("UNKNOWN_STEP");
    // @ts-expect-error misspelt role input
    expect(codeOf(() => one.step(video, { model: "m", inputs: { firstFrame: "frmae" } }).plan())).toBe("UNKNOWN_STEP");
    // @ts-expect-error video does not accept video
    expect(codeOf(() => one.step(video, { model: "m", inputs: ["clip"] }).plan())).toBe("WRONG_MODALITY");
    // @ts-expect-error misspelt source
    expect(codeOf(() => one.step(image, { model: "m", prompt: from("frmae", () => "x") }).plan())).toBe("UNKNOWN_STEP");
    // @ts-expect-error misspelt option
    expect(codeOf(() => one.step(image, { model: "m", promt: "x" }))).toBe("INVALID_OPTION");
    // @ts-expect-error wrong type
    expect(codeOf(() => one.step(image, { model: "m", timeoutMs: "5" }))).toBe("INVALID_OPTION");
    // @ts-expect-error the name is taken
    expect(codeOf(() => one.step(image, { name: "clip", model: "m" }))).toBe("DUPLICATE_STEP");
  });

  it("says what was meant, what was expected and what came", () => {
    const one = new Pipeline("film").step(image, { name: "frame", model: "m" });
    const loose = one as unknown as { step(provider: unknown, options: unknown): Pipeline };
    expect(messageOf(() => loose.step(image, { model: "m", promt: "x" }))).toContain('Did you mean "prompt"?');
    expect(messageOf(() => loose.step(video, { model: "m", inputs: ["frmae"] }).plan())).toBe(
      'Step "step-2" takes "frmae", which is no step of this pipeline. Did you mean "frame"? Pipeline "film" has: frame.',
    );
    expect(messageOf(() => loose.step(image, { model: 7 }))).toBe(
      'Step 2: option "model": a model id is expected; the number 7 was given.',
    );
    expect(messageOf(() => loose.step("image", { model: "m" }))).toContain("must be a provider");
    expect(messageOf(() => loose.step(image, { model: "m", params: { when: new Date(0) } }))).toContain(
      '"params.when" must be JSON',
    );
    expect(messageOf(() => loose.step(image, { model: "m", name: "input" }))).toContain("stands for the run's input");
    expect(messageOf(() => loose.step(image, { model: "m", prompt: "\ud800" }))).toContain("half surrogate pairs");
    expect(messageOf(() => loose.step(image, { model: "m", output: Story }))).toContain("yields image");
  });

  it("refuses an empty pipeline and a name without letters", () => {
    expect(codeOf(() => new Pipeline("film").plan())).toBe("EMPTY_PIPELINE");
    expect(codeOf(() => new Pipeline(""))).toBe("INVALID_OPTION");
  });

  it("refuses at the door what is no pipeline, no step, no provider", () => {
    const make = Pipeline as unknown as new (...words: readonly unknown[]) => unknown;
    const from_ = Pipeline.from as unknown as (data: unknown) => unknown;
    const { prepare, submit } = image;
    const step = (provider: unknown) => () => from_({ name: "p", steps: [{ provider, model: "m" }] });
    const doors: readonly (() => unknown)[] = [
      ...[null, 5, {}, undefined].map((start) => () => new make(start)),
      ...[null, 5, [], { chian: true }, { runtime: {} }].map((options) => () => new make("p", options)),
      ...[undefined, null, {}, { name: "p" }, { name: "p", steps: "abc" }, { name: "p", steps: [null] }].map(
        (data) => () => from_(data),
      ),
      step(undefined),
      step({ name: "x", yields: "image", prepare, submit }),
      step({ name: "x", yields: "smell", accepts: [], models: {}, prepare, submit }),
      step({ name: "", yields: "image", accepts: [], models: {}, prepare, submit }),
      () => from(undefined as never, () => 1),
      () => from("story" as never, 5 as never),
      ...[null, 5, { clok: 1 }].map((options) => () => createRuntime(options as never)),
    ];
    expect(doors.map(codeOf)).toEqual(doors.map(() => "INVALID_OPTION"));
    expect(
      codeOf(() =>
        from_({
          name: "p",
          steps: [
            { provider: image, name: "a", model: "m" },
            { provider: image, name: "a", model: "m" },
          ],
        }),
      ),
    ).toBe("DUPLICATE_STEP");
  });

  it("takes a class instance as a provider, and reports one whose prepare throws", () => {
    class Own {
      readonly name = "own";
      readonly yields = "image";
      readonly accepts = [];
      readonly models = {};
      prepare(): never {
        throw new TypeError("a bug");
      }
      async submit(): Promise<never> {
        throw new TypeError("a bug");
      }
    }
    const own = new Pipeline("p").step(new Own(), { name: "a", model: "m" });
    expect(codeOf(() => own.plan())).toBe("UNEXPECTED");
    expect(messageOf(() => own.plan())).toContain('Step "a": own could not prepare the request: TypeError: a bug');
  });

  it("keeps texts that no manifest could hold out of a run", () => {
    const loose = new Pipeline("p") as unknown as { step(provider: unknown, options: unknown): Pipeline };
    const half = "\ud800";
    for (const options of [
      { model: half },
      { model: "m", params: { [half]: 1 } },
      { model: "m", params: { a: { [half]: 1 } } },
      { model: "m", metadata: { [half]: 1 } },
    ]) {
      expect(codeOf(() => loose.step(image, options))).toBe("INVALID_OPTION");
    }
  });

  it("names the steps of a circle in order", () => {
    const circle = Pipeline.from({
      name: "circle",
      steps: [
        { provider: image, name: "start", model: "m" },
        { provider: upscale, name: "a", model: "m", inputs: ["c"] },
        { provider: upscale, name: "b", model: "m", inputs: ["a"] },
        { provider: upscale, name: "c", model: "m", inputs: ["b"] },
      ],
    });
    expect(codeOf(() => circle.plan())).toBe("CYCLE");
    expect(messageOf(() => circle.plan())).toContain('"a" waits for "c" waits for "b" waits for "a"');
  });

  it("chains a step to the nearest earlier one that made something it accepts", () => {
    const chained = new Pipeline("film", { chain: true })
      .step(image, { name: "frame", model: "m" })
      .step(video, { name: "clip", model: "m" })
      .step(music, { name: "score", model: "m" })
      .step(upscale, { name: "large", model: "m" });
    const { steps } = chained.plan();
    expect(
      steps.map((step) => step.inputs.map((edge) => [edge.kind === "step" ? edge.from : edge.kind, edge.chosenBy])),
    ).toEqual([[], [[0, "chain"]], [], [[1, "chain"]]]);
    expect(describePlan(chained.plan())).toBe(
      [
        "film: 4 steps",
        "  1. frame: image/m -> image",
        "  2. clip: video/m -> video takes frame (chain)",
        "  3. score: music/m -> audio",
        "  4. large: upscale/m -> video takes clip (chain)",
      ].join("\n"),
    );
  });

  it("builds the same definition from plain data, where steps may stand in any order", () => {
    const data = Pipeline.from({
      name: "film",
      steps: [
        { provider: film, name: "film", model: "m", inputs: { picture: ["clip-1", "clip-2"], sound: "score" } },
        ...[1, 2].map((scene) => ({ provider: video, name: `clip-${scene}`, model: "m", inputs: [`frame-${scene}`] })),
        ...[1, 2].map((scene) => ({ provider: image, name: `frame-${scene}`, model: "m" })),
        { provider: music, name: "score", model: "m" },
      ],
    });
    expect(data.plan().steps[0]?.inputs).toMatchObject([
      { kind: "step", from: 1, role: "picture", chosenBy: "name" },
      { from: 2, role: "picture", chosenBy: "name" },
      { from: 5, role: "sound", chosenBy: "name" },
    ]);
  });

  it("asks the provider about a complete request before the run", () => {
    const closed = { ...image, models: { known: {} }, knownModelsOnly: true };
    expect(messageOf(() => new Pipeline("p").step(closed, { model: "knwon" }).plan())).toContain(
      'Did you mean "known"?',
    );
    expect(codeOf(() => new Pipeline("p").step(image, { model: "m", params: { seed: 1.5 } }).plan())).toBe(
      "INVALID_OPTION",
    );
  });

  it("adds groups of steps with use()", () => {
    const grouped = new Pipeline("film")
      .step(image, { name: "frame", model: "m" })
      .use((pipeline) => pipeline.step(video, { name: "clip", model: "m", inputs: ["frame"] }))
      .step(upscale, { model: "m", inputs: ["clip"] });
    expect(grouped.plan().steps[2]?.inputs).toMatchObject([
      { kind: "step", from: 1, role: undefined, chosenBy: "name" },
    ]);
  });
});
