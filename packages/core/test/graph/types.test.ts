import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import type { JsonValue } from "../../src/index.js";
import {
  type Asset,
  approve,
  fanOut,
  fileAsset,
  from,
  GenblazeError,
  loop,
  map,
  Pipeline,
  type Provider,
  type RouteRequest,
  route,
  split,
} from "../../src/index.js";
import type { CheckedInputs } from "../../src/pipeline/input-names.js";
import type { InputScope, StepOutput } from "../../src/pipeline/scope.js";
import { codeOf } from "../thrown.js";
import { worker } from "./graph-support.js";

const Story = z.object({ title: z.string(), scenes: z.array(z.object({ picture: z.string(), seconds: z.number() })) });
type StoryJson = z.infer<typeof Story>;

const story: StoryJson = { title: "Boat", scenes: [{ picture: "sea", seconds: 5 }] };
const chat = worker({ name: "chat", yields: "text", give: () => ({ json: story }) });
const words = worker({ name: "words", yields: "text" });
const image = worker({ name: "image", yields: "image", accepts: ["image"] });
const video = worker({ name: "video", yields: "video", accepts: ["image"] });
const music = worker({ name: "music", yields: "audio" });
const mixer = worker({ name: "mixer", yields: "video", accepts: ["video", "audio"] });

/** A provider that says which parameters its one known model has. */
const typed: Provider<"image", never, { readonly painter: { readonly aspectRatio?: "1:1" | "16:9" } }> = {
  name: "typed",
  yields: "image",
  accepts: [],
  models: { painter: {} },
  prepare: (body) => ({ body }),
  submit: async () => ({ status: "failed", error: new GenblazeError("MODEL_ERROR", "asked by nobody") }),
};

const base = new Pipeline("base")
  .step(chat, { name: "story", model: "m", prompt: "x", output: Story })
  .step(image, { name: "frame", model: "m", prompt: from("story", ({ title }) => title) })
  .step(video, { name: "clip", model: "m", inputs: { firstFrame: "frame" } })
  .step(music, { name: "music", model: "m" });

const shot = new Pipeline("shot", { input: z.object({ picture: z.string() }) })
  .step(image, { name: "frame", model: "m", prompt: from("input", ({ picture }) => picture) })
  .step(video, { name: "clip", model: "m", inputs: { firstFrame: "frame" } });

describe("the names of steps", () => {
  it("are checked wherever they stand: inputs, roles, selectors, after, from and when", () => {
    // @ts-expect-error a misspelt input
    expect(codeOf(() => base.step(video, { model: "m", inputs: ["frmae"] }).plan())).toBe("UNKNOWN_STEP");
    // @ts-expect-error a misspelt input under a role
    expect(codeOf(() => base.step(video, { model: "m", inputs: { first: "frmae" } }).plan())).toBe("UNKNOWN_STEP");
    // @ts-expect-error one of several under a role
    expect(codeOf(() => base.step(video, { model: "m", inputs: { all: ["frame", "x"] } }).plan())).toBe("UNKNOWN_STEP");
    // @ts-expect-error a misspelt name before an index
    expect(codeOf(() => base.step(video, { model: "m", inputs: ["frmae[0]"] }).plan())).toBe("UNKNOWN_STEP");
    // @ts-expect-error a misspelt name before a kind
    expect(codeOf(() => base.step(video, { model: "m", inputs: ["frmae.image"] }).plan())).toBe("UNKNOWN_STEP");
    // @ts-expect-error no step to come after
    expect(codeOf(() => base.step(image, { model: "m", after: ["clp"] }).plan())).toBe("UNKNOWN_STEP");
    // @ts-expect-error no step to read
    expect(codeOf(() => base.step(image, { model: "m", prompt: from("stroy", () => "") }).plan())).toBe("UNKNOWN_STEP");
    // @ts-expect-error one of several is no step to read
    const two = () => base.step(image, { model: "m", prompt: from(["story", "nobody"], () => "") });
    expect(codeOf(() => two().plan())).toBe("UNKNOWN_STEP");
    // @ts-expect-error no step to ask
    expect(codeOf(() => base.step(image, { model: "m", when: from("stroy", () => true) }).plan())).toBe("UNKNOWN_STEP");
    // @ts-expect-error a condition gives true or false
    base.step(image, { model: "m", when: from("story", () => "yes") });
    // @ts-expect-error the name is taken
    expect(codeOf(() => base.step(image, { name: "clip", model: "m" }))).toBe("DUPLICATE_STEP");
  });

  it("may be followed by a kind and a place", () => {
    const plan = base
      .step(mixer, { model: "m", inputs: ["clip.video", "clip.video[0]", "music[0]", "clip", "music.audio"] })
      .plan();
    expect(plan.steps.at(-1)?.inputs).toHaveLength(5);
  });
});

describe("kinds of assets", () => {
  it("are checked through names, selectors and what a pipeline is given", () => {
    // @ts-expect-error video takes pictures, not films
    expect(codeOf(() => base.step(video, { model: "m", inputs: ["clip"] }).plan())).toBe("WRONG_MODALITY");
    // @ts-expect-error nor films at a place
    expect(codeOf(() => base.step(video, { model: "m", inputs: ["clip[1]"] }).plan())).toBe("WRONG_MODALITY");
    // @ts-expect-error the selector says audio
    expect(codeOf(() => base.step(video, { model: "m", inputs: ["frame.audio"] }).plan())).toBe("WRONG_MODALITY");
    // @ts-expect-error smell is no kind
    expect(codeOf(() => base.step(video, { model: "m", inputs: ["frame.smell"] }).plan())).toBe("UNKNOWN_STEP");
    // @ts-expect-error this pipeline is given nothing
    expect(codeOf(() => base.step(video, { model: "m", inputs: ["input"] }).plan())).toBe("WRONG_MODALITY");
    const given = new Pipeline("given", { accepts: ["image"] });
    expect(given.step(video, { model: "m", inputs: ["input", "input[0]", "input.photo"] }).plan().steps).toHaveLength(
      1,
    );
    const heard = new Pipeline("heard", { accepts: ["audio"] });
    // @ts-expect-error video takes no audio
    expect(codeOf(() => heard.step(video, { model: "m", inputs: ["input"] }).plan())).toBe("WRONG_MODALITY");
    // @ts-expect-error a node takes what its bodies take
    expect(codeOf(() => base.step(map(shot), { input: [], inputs: ["music"] }).plan())).toBe("WRONG_MODALITY");
    // @ts-expect-error an approval of pictures takes no film
    expect(codeOf(() => base.step(approve(), { inputs: ["clip"] }).plan())).toBe("WRONG_MODALITY");
    // @ts-expect-error a schema is for texts
    expect(codeOf(() => base.step(image, { model: "m", output: 5 }))).toBe("INVALID_OPTION");
  });
});

describe("what the compiler says of inputs that do not fit", () => {
  it("is a text in their place, since it prints texts in full and elides objects", () => {
    type Scope = InputScope<string> & { story: StepOutput<"text">; frame: StepOutput<"image"> };
    type Says<I> = CheckedInputs<Scope, "image", I>;
    expectTypeOf<Says<readonly ["frame"]>>().toEqualTypeOf<readonly ["frame"]>();
    expectTypeOf<Says<readonly ["story"]>>().toEqualTypeOf<readonly ["this provider does not accept text"]>();
    expectTypeOf<Says<{ first: "frame.video"; last: "frame" }>>().toEqualTypeOf<{
      readonly first: "this provider does not accept video";
      readonly last: "frame";
    }>();
    expectTypeOf<Says<{ all: readonly ["frmae[0]"] }>>().toEqualTypeOf<{
      readonly all: readonly ["no earlier step is named frmae"];
    }>();
    expectTypeOf<Says<readonly ["frame.smell"]>>().toEqualTypeOf<readonly ["smell is no kind of asset"]>();
    expectTypeOf<Says<readonly ["input"]>>().toEqualTypeOf<
      readonly ["this pipeline takes no assets: say accepts: [...]"]
    >();
  });
});

describe("parameters", () => {
  it("are those of a known model, with the standard ones, and open for any other", () => {
    new Pipeline("p").step(typed, { model: "painter", params: { aspectRatio: "16:9", seed: 1, negativePrompt: "x" } });
    new Pipeline("p").step(typed, { model: "another", params: { anything: 5 } });
    // @ts-expect-error the model has no such ratio
    new Pipeline("p").step(typed, { model: "painter", params: { aspectRatio: "4:3" } });
    // @ts-expect-error the model has no such parameter
    new Pipeline("p").step(typed, { model: "painter", params: { smell: "rose" } });
    // @ts-expect-error a seed is a number
    new Pipeline("p").step(typed, { model: "painter", params: { seed: "one" } });
    new Pipeline("p", { input: z.object({ wide: z.boolean() }) }).step(typed, {
      model: "painter",
      params: { aspectRatio: from("input", ({ wide }) => (wide ? "16:9" : "1:1")) },
    });
    expect(() => new Pipeline("p").step(image, { model: "m", params: { seed: 1 } })).not.toThrow();
  });
});

describe("what from(...) reads", () => {
  it("is the JSON of a schema, a text, assets, or the run's input", () => {
    const reading = new Pipeline("reading", { input: z.object({ mood: z.string() }) })
      .step(chat, { name: "story", model: "m", output: Story })
      .step(words, { name: "plain", model: "m" })
      .step(image, { name: "frame", model: "m" })
      .step(image, {
        model: "m",
        prompt: from(["story", "plain", "frame", "input"], (json, text, assets, input) => {
          expectTypeOf(json).toEqualTypeOf<StoryJson>();
          expectTypeOf(text).toExtend<string>();
          expectTypeOf(assets).toEqualTypeOf<readonly Asset[]>();
          expectTypeOf(input).toEqualTypeOf<{ mood: string }>();
          return json.title;
        }),
      });
    expect(reading.plan().steps).toHaveLength(4);
    // @ts-expect-error a prompt is a text
    base.step(image, { model: "m", prompt: from("story", ({ scenes }) => scenes.length) });
    // @ts-expect-error a film has no text to read
    base.step(image, { model: "m", prompt: from("clip", (clip) => clip.title) });
  });

  it("is the list of a map's values, and the value of one run of a loop, a route or a pipeline", () => {
    const draft = new Pipeline("draft", { input: z.string() }).step(chat, {
      name: "story",
      model: "m",
      prompt: from("input", (input) => input),
      output: Story,
    });
    const all = new Pipeline("all")
      .step(map(draft), { name: "stories", input: ["a", "b"] })
      .step(loop(draft, { judge: ({ value }) => value.title === "Boat" }), { name: "best", input: "a" })
      .step(draft, { name: "one", input: "a" })
      .step(fanOut({ a: draft, b: draft }), { name: "both", input: "a" })
      .step(image, {
        model: "m",
        prompt: from(["stories", "best", "one", "both"], (stories, best, one, both) => {
          expectTypeOf(stories).toEqualTypeOf<readonly StoryJson[]>();
          expectTypeOf(best).toEqualTypeOf<StoryJson>();
          expectTypeOf(one).toEqualTypeOf<StoryJson>();
          expectTypeOf(both).toEqualTypeOf<readonly StoryJson[]>();
          return best.title;
        }),
      });
    expect(all.plan().steps).toHaveLength(5);
  });
});

describe("inputs that are computed", () => {
  const given = new Pipeline("given", { accepts: ["image"], input: z.object({ photo: z.string() }) });

  it("know the names of from(...) under a role, in a list, and beside names", () => {
    const pipeline = given
      .step(video, {
        name: "a",
        model: "m",
        inputs: {
          firstFrame: from("input", (input) => {
            expectTypeOf(input).toEqualTypeOf<{ photo: string }>();
            return fileAsset(input.photo);
          }),
        },
      })
      .step(video, { name: "b", model: "m", inputs: [from("input", ({ photo }) => fileAsset(photo))] })
      .step(video, { name: "c", model: "m", inputs: { last: [from("input", ({ photo }) => fileAsset(photo))] } })
      .step(video, { name: "d", model: "m", inputs: ["input", from("input", ({ photo }) => [fileAsset(photo)])] })
      .step(video, {
        model: "m",
        inputs: { first: "input", last: from("input", ({ photo }) => [fileAsset(photo)]) },
      });
    expect(pipeline.plan().steps.map(({ inputs }) => inputs.length)).toEqual([1, 1, 1, 2, 2]);
  });

  it("refuse other names, what is no asset from outside, and a wrong name beside them", () => {
    const path = () => fileAsset("a.png");
    // @ts-expect-error no step to read
    expect(codeOf(() => given.step(video, { model: "m", inputs: { first: from("inptu", path) } }).plan())).toBe(
      "UNKNOWN_STEP",
    );
    // @ts-expect-error no step to read
    expect(codeOf(() => given.step(video, { model: "m", inputs: [from("inptu", path)] }).plan())).toBe("UNKNOWN_STEP");
    // @ts-expect-error a path is no asset
    given.step(video, { model: "m", inputs: [from("input", ({ photo }) => photo)] });
    // @ts-expect-error a misspelt name beside a function
    expect(codeOf(() => given.step(video, { model: "m", inputs: { a: "frmae", b: from("input", path) } }).plan())).toBe(
      "UNKNOWN_STEP",
    );
  });
});

describe("the result", () => {
  it("gives steps by their names, with their JSON and their kinds", async () => {
    const result = await base.run();
    expectTypeOf(result.step("story").json).toEqualTypeOf<StoryJson>();
    expectTypeOf(result.step("clip").json).toEqualTypeOf<undefined>();
    expectTypeOf(result.step("clip").modality).toEqualTypeOf<"video">();
    expectTypeOf(result.step("clip").assets).toEqualTypeOf<readonly Asset[]>();
    const inner = () => result.step("shots[0].frame").assets;
    expectTypeOf(inner).returns.toEqualTypeOf<readonly Asset[]>();
    expect(codeOf(inner)).toBe("UNKNOWN_STEP");
    expect(result.step("story").json).toEqual(story);
    expect(result.step("clip").assets).toHaveLength(1);
    // @ts-expect-error a misspelt name
    expect(codeOf(() => result.step("clp"))).toBe("UNKNOWN_STEP");
    // @ts-expect-error the run's input is no step
    expect(codeOf(() => result.step("input"))).toBe("UNKNOWN_STEP");
    // @ts-expect-error a misspelt name to save
    const save = () => result.save("x.mp4", { step: "clp" });
    expect(save).toBeTypeOf("function");
  });

  it("keeps its type when it is resumed, and streams and starts have it too", async () => {
    const result = await (await base.run()).resume().result;
    expectTypeOf(result.step("story").json).toEqualTypeOf<StoryJson>();
    expect(result.step("story").json).toEqual(story);
    const started = await base.start().result;
    expectTypeOf(started.step("story").json).toEqualTypeOf<StoryJson>();
  });
});

describe("inputs of pipelines and nodes", () => {
  it("must be given where they are needed, and fit", () => {
    // @ts-expect-error the run needs its input
    const bare = () => shot.run();
    // @ts-expect-error a text is no picture
    const wrong = () => shot.run({ input: { picture: 5 } });
    expect([bare, wrong]).toHaveLength(2);
    // @ts-expect-error the pipeline inside needs its input
    expect(codeOf(() => base.step(shot, { name: "one" }).plan())).toBe("INPUT_INVALID");
    // @ts-expect-error what it is given does not fit
    expect(codeOf(() => base.step(shot, { name: "one", input: { picture: 5 } }).plan())).toBe("INPUT_INVALID");
    // @ts-expect-error a map needs its items
    base.step(map(shot), { name: "shots" });
    // @ts-expect-error its items fit the pipeline's input
    base.step(map(shot), { name: "shots", input: [{ picture: 5 }] });
    // @ts-expect-error what from(...) gives must fit too
    base.step(map(shot), { name: "shots", input: from("story", ({ title }) => title) });
    // @ts-expect-error a loop needs the input of its first round
    base.step(loop(shot, { judge: () => true }), { name: "best" });
    const fits = base
      .step(map(shot), { name: "shots", input: from("story", ({ scenes }) => scenes) })
      .step(loop(shot, { judge: () => true }), {
        name: "best",
        input: from("story", ({ scenes }) => scenes[0] ?? { picture: "" }),
      })
      .step(shot, { name: "one", input: { picture: "x" } });
    expect(fits.plan().steps).toHaveLength(7);
  });

  it("are none for a body that works on assets alone", () => {
    const still = new Pipeline("still", { accepts: ["image"] }).step(image, {
      name: "again",
      model: "m",
      inputs: ["input"],
    });
    expect(base.step(map(still), { name: "stills", inputs: ["frame"] }).plan().steps).toHaveLength(5);
    expect(base.step(still, { name: "still", inputs: ["frame"] }).plan().steps).toHaveLength(5);
  });

  it("are those of a route's pipelines, or what its function says that it reads", () => {
    const target = { provider: image, model: "m" };
    const byMood = route({ a: target, b: target }, ({ input }: RouteRequest<{ readonly mood: string }>) =>
      input.mood === "calm" ? "a" : "b",
    );
    // @ts-expect-error what it reads must be given
    base.step(byMood, { prompt: "x" });
    // @ts-expect-error and fit
    base.step(byMood, { prompt: "x", input: { mood: 5 } });
    base.step(byMood, { prompt: "x", input: from("story", ({ title }) => ({ mood: title })) });
    const open = route({ a: target }, ({ input }) => {
      expectTypeOf(input).toEqualTypeOf<JsonValue | undefined>();
      return "a";
    });
    base.step(open, { prompt: "x", input: from("story", ({ title }) => title) });
    const closed = route({ a: shot }, ({ input }) => {
      expectTypeOf(input).toEqualTypeOf<{ picture: string }>();
      return { arm: "a", reason: input.picture };
    });
    // @ts-expect-error the pipeline needs its input
    base.step(closed, {});
    // @ts-expect-error no such arm
    route({ a: target }, () => "c");
    // @ts-expect-error no such arm has a weight
    expect(codeOf(() => split({ a: target }, { weights: { c: 1 } }))).toBe("INVALID_OPTION");
    expect(base.step(closed, { input: { picture: "x" } }).plan().steps).toHaveLength(5);
  });

  it("say the kind of an approval, of arms and of what comes out", () => {
    const next = base.step(approve({ passes: "video" }), { name: "ok", inputs: ["clip"] });
    // @ts-expect-error an approved film is a film
    expect(codeOf(() => next.step(video, { model: "m", inputs: ["ok"] }).plan())).toBe("WRONG_MODALITY");
    expect(next.step(mixer, { model: "m", inputs: ["ok", "music"] }).plan().steps).toHaveLength(6);
    // @ts-expect-error an answer chooses places
    expect(codeOf(() => approve({ passes: "smell" }))).toBe("INVALID_OPTION");
  });
});

describe("the fallbacks of a step", () => {
  it("yield what the step yields, and have the parameters of their own model", () => {
    const options = { model: "m", prompt: "x" } as const;
    const fine = base.step(image, {
      ...options,
      fallbacks: [{ provider: typed, model: "painter", params: { aspectRatio: "1:1" } }],
    });
    expect(fine.plan().steps).toHaveLength(5);
    const own = base.step(typed, { model: "painter", fallbacks: [{ model: "another one", params: { anything: 1 } }] });
    expect(own.plan().steps).toHaveLength(5);
    // @ts-expect-error a provider that yields something else
    expect(codeOf(() => base.step(image, { ...options, fallbacks: [{ provider: music, model: "m" }] }))).toBe(
      "WRONG_MODALITY",
    );
    // @ts-expect-error a value that the parameter does not have
    base.step(image, {
      ...options,
      fallbacks: [{ provider: typed, model: "painter", params: { aspectRatio: "4:3" } }],
    });
    // @ts-expect-error a reason after which nobody else is asked
    expect(codeOf(() => base.step(image, { ...options, fallbackOn: ["auth_failure"] }))).toBe("INVALID_OPTION");
  });
});
