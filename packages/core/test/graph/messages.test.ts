import { describe, expect, it } from "vitest";
import { z } from "zod";
import { approve, bytesAsset, createRuntime, fanOut, from, loop, map, Pipeline, route } from "../../src/index.js";
import { describePlan } from "../../src/report/index.js";
import { toWorkflow } from "../../src/workflow/index.js";
import { createFakeClock } from "../support.js";
import { messageOf, rejection } from "../thrown.js";
import { worker } from "./graph-support.js";

const image = worker({ name: "image", yields: "image", accepts: ["image"] });
const target = { provider: image, model: "m" };
const base = new Pipeline("film").step(image, { name: "frame", model: "m" });
const shot = new Pipeline("shot", { input: z.string() }).step(image, { name: "picture", model: "m" });

/** The message for one more step, given as data, that the compiler would refuse. */
function planned(step: object): string {
  const steps = [
    { provider: image, name: "frame", model: "m" },
    { node: map(shot), name: "shots", input: ["a"] },
    { provider: image, model: "m", name: "last", ...step },
  ];
  return messageOf(() => Pipeline.from({ name: "film", steps } as never).plan());
}

describe("a wrong value of an option that has few", () => {
  it("is quoted", () => {
    const wrong = (options: object) =>
      messageOf(() => Pipeline.from({ name: "p", steps: [{ ...target, ...options }] }));
    expect(wrong({ cache: "always" })).toBe(
      'Step 1: option "cache": one of use, bypass, refresh is expected; "always" was given.',
    );
    expect(wrong({ join: "most" })).toBe(
      'Step 1: option "join": "all", "any" or { atLeast: a whole number from 1 } is expected; "most" was given.',
    );
    expect(wrong({ type: "x".repeat(200) })).toContain(`"${"x".repeat(60)}..." was given.`);
    expect(wrong({ timeoutMs: "secret" })).toContain("a string was given.");
    expect(messageOf(() => approve({ onTimeout: "skip" as "reject" }))).toContain('"skip" was given.');
    expect(messageOf(() => fanOut({ a: target }, { join: "most" as "any" }))).toBe(
      'fanOut(arms, options): option "join" must be "all", "any" or { atLeast: a whole number from 1 }; "most" was given.',
    );
  });
});

describe("a name that nothing has", () => {
  it("is told with what it was said for, and which names there are", () => {
    expect(planned({ after: ["frmae"] })).toBe(
      'Step "last" comes after "frmae", which is no step of this pipeline. Did you mean "frame"? Pipeline "film" has: frame, shots.',
    );
    expect(planned({ prompt: from("xyz" as never, () => "") })).toBe(
      'Step "last" reads from "xyz", which is no step of this pipeline. Pipeline "film" has: frame, shots.',
    );
  });

  it("is told to be inside a node, where it is", () => {
    const inside =
      ' is inside "shots", and steps inside a node have no names outside it. Say "shots", which gives what the node yields.';
    expect(planned({ prompt: from("shots[0].picture" as never, () => "") })).toBe(
      `Step "last" reads from "shots[0].picture", which${inside}`,
    );
    expect(planned({ inputs: ["shots.picture"] })).toBe(`Step "last" takes "shots.picture", which${inside}`);
    expect(planned({ inputs: ["shots[0].picture"] })).toBe(`Step "last" takes "shots[0].picture", which${inside}`);
  });

  it("is told to be a selector, where only names can stand", () => {
    expect(planned({ prompt: from("frame[0]" as never, () => "") })).toBe(
      'Step "last" reads from "frame[0]", but from(...) and after take names alone. Say "frame"; its function is given all of it.',
    );
  });

  it("is told to count from the end, which places do not", () => {
    expect(planned({ inputs: ["frame[-1]"] })).toBe(
      'Step "last" takes "frame[-1]", but a place is a whole number from 0, and the last one has no place of its own. Say "frame[0]", or "frame" for all.',
    );
  });

  it("lists no more names than can be read", () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ ...target, name: `step${index}` }));
    const pipeline = Pipeline.from({ name: "p", steps: [...many, { ...target, after: ["zzzzzzz"] }] });
    expect(messageOf(() => pipeline.plan())).toContain('Pipeline "p" has: step0, step1, ');
    expect(messageOf(() => pipeline.plan())).toContain("step19, and 10 more.");
  });
});

describe("the error of a run", () => {
  it("names a step that took too long once", async () => {
    const clock = createFakeClock();
    const slow = worker({ name: "slow", yields: "image", takesMs: 100 });
    const handle = new Pipeline("p")
      .step(slow, { name: "f", model: "m", timeoutMs: 50 })
      .start({ runtime: createRuntime({ clock }) });
    const failed = rejection(handle.result);
    while (await clock.advanceToNext());
    expect((await failed).message.split("\n")[1]).toBe(
      'Step "f" (slow/m): took longer than its limit of 50 ms. Raise its timeoutMs, or choose a faster model.',
    );
  });

  it("says the best round of a loop by its number and by the name of its steps", async () => {
    const judge = ({ round }: { readonly round: number }) => ({ passed: false, score: round, feedback: "too dark" });
    const result = await new Pipeline("p")
      .step(loop(shot, { judge, maxRounds: 2, mustPass: true }), { name: "l", input: "a" })
      .run({ throwOnFailure: false });
    expect(result.step("l").error?.message).toBe(
      'Step "l": no round of 2 passed; the best was round 2 (l[1]). too dark',
    );
  });
});

describe("a workflow with a function that has no name", () => {
  it("is refused with how to name that one", () => {
    const nameless = new Pipeline("p").step(
      route({ only: target }, () => "only"),
      { name: "r", prompt: "x" },
    );
    expect(messageOf(() => toWorkflow(nameless))).toBe(
      'Step "r": option "choose" has a function without a name, and a workflow keeps functions by name. Give the function a name: route(arms, function byLength(request) { ... }).',
    );
    const judged = base.step(loop(shot, { judge: from("picture", () => true) }), { name: "l", input: "a" });
    expect(messageOf(() => toWorkflow(judged))).toContain('from("picture", function byName(picture) { ... })');
  });
});

describe("what a pipeline inside says of runs", () => {
  it("is a warning of plan, since only its own runs have it", () => {
    const inner = new Pipeline("inner", { metadata: { campaign: "x" }, tenantId: "t", projectId: "q" }).step(image, {
      model: "m",
    });
    const [step] = new Pipeline("p").step(inner, { name: "s" }).plan().steps;
    const said = (option: string) => ({
      option,
      message: `Pipeline "inner" has this option, but only runs of its own get it. Give it to the pipeline around.`,
    });
    expect(step?.warnings).toEqual([said("metadata"), said("tenantId"), said("projectId")]);
    expect(base.step(shot, { name: "s", input: "a" }).plan().steps[1]?.warnings).toEqual([]);
  });
});

describe("a selector that is none", () => {
  it("is told which forms there are", () => {
    expect(planned({ inputs: ["frame[-1]"] })).toBe(
      'Step "last" takes "frame[-1]", but a place is a whole number from 0, and the last one has no place of its own. Say "frame[0]", or "frame" for all.',
    );
    expect(planned({ inputs: ["frame[x]"] })).toContain('"frame[x]", but a place is a whole number from 0');
    expect(planned({ inputs: ["frame[0].image"] })).toBe(
      'Step "last" takes "frame[0].image", but a kind stands before the place. Say "frame.image[0]", or "frame" for all.',
    );
  });
});

describe("what is given in place of a pipeline or of arms", () => {
  it("is told, and what to do", () => {
    expect(messageOf(() => map(image as never))).toBe(
      'map(pipeline, options): a pipeline is expected; a provider was given. Make it a step of one: new Pipeline("name").step(provider, { model: "..." }).',
    );
    expect(messageOf(() => loop({} as never, { judge: () => true }))).toBe(
      'loop(pipeline, options): a pipeline is expected; an object was given. Give new Pipeline("name") with the steps that it runs.',
    );
    expect(messageOf(() => fanOut({}))).toBe(
      "fanOut(arms, options): arms like { fast: { provider, model }, ... } are expected; an object without arms was given. Give at least one arm.",
    );
  });
});

describe("counts", () => {
  it("say one step as one", () => {
    expect(describePlan(base.plan())).toContain("film: 1 step\n");
    expect(planned({ inputs: ["frame"], join: { atLeast: 5 } })).toBe(
      'Step "last": option "join" asks for 5 inputs, but it takes the assets of 1 step. Ask for fewer, or name more steps in "inputs".',
    );
    const heard = () =>
      base.step(image, { name: "next", model: "m", inputs: [bytesAsset(new Uint8Array(1), "audio/wav")] });
    expect(messageOf(() => heard().plan())).toContain('takes "unnamed file of 1 byte", which yields audio');
  });
});

describe("an answer that is not what was asked for", () => {
  const asked = (text: string, options: object = {}) =>
    new Pipeline("p")
      .step(worker({ name: "words", yields: "text", give: () => ({ text }) }), {
        name: "tags",
        model: "m",
        output: z.object({ tags: z.array(z.string()) }),
        ...options,
      })
      .run({ throwOnFailure: false });
  const messageFor = async (...given: Parameters<typeof asked>) => (await asked(...given)).step("tags").error?.message;

  it("is shown by its beginning, and not where its words are private", async () => {
    const twice = "All 2 outputs that were tried were refused.";
    const refused = 'Step "tags": the output of words/m is not JSON, though the step has an output schema';
    expect(await messageFor("  Here are the tags that you asked me for, dear user: a, b")).toBe(
      `${refused}; it begins with "Here are the tags that you asked me for,". ${twice}`,
    );
    expect(await messageFor("  ")).toBe(`${refused}; it is blank. ${twice}`);
    expect(await messageFor("no tags", { prompt: "x", promptVisibility: "private" })).toBe(`${refused}. ${twice}`);
  });
});

describe("a pipeline with an input that is given none", () => {
  it("says where to give it", async () => {
    const error = await rejection(shot.run({} as never));
    expect(error.message).toBe(
      "The input of pipeline \"shot\" does not fit its schema: Invalid input: expected string, received undefined. Nothing was given: run({ input: ... }), or --input '...'.",
    );
  });
});
