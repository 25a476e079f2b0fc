import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import type { CompositeNode, Target } from "../../src/node/composite-node.js";
import { loop } from "../../src/node/loop.js";
import { map } from "../../src/node/map.js";
import { split } from "../../src/node/split.js";
import type { NodeStep, PipelineDefinition, ProviderStep } from "../../src/pipeline/definition.js";
import { bytesAsset } from "../../src/pipeline/external-asset.js";
import { Pipeline } from "../../src/pipeline/pipeline.js";
import { from } from "../../src/pipeline/reference.js";
import type { SchemaLike } from "../../src/pipeline/scope.js";
import { toWorkflow } from "../../src/workflow/to-workflow.js";
import type { WorkflowPipeline, WorkflowStep, WorkflowTarget } from "../../src/workflow/workflow.js";
import { workflowNeeds } from "../../src/workflow/workflow-needs.js";
import { codeOf, messageOf } from "../thrown.js";
import { chat, film, functions, Idea, image, poster, video } from "./workflow-support.js";

describe("toWorkflow", () => {
  it("pins the document and the id of a small pipeline", () => {
    const pipeline = new Pipeline("small", { input: Idea }).step(image, {
      name: "poster",
      model: "m",
      prompt: from("input", functions.byIdea),
      params: { seed: 7, strength: 0.5 },
    });
    const workflow = toWorkflow(pipeline, { description: "a poster", tags: ["demo"] });
    expect(workflow).toEqual({
      id: "66d6d8a63abe65db822cd340f3f4a1073b86aae153f95c644b7c604848a14c37",
      format: "genblaze-workflow-v1",
      name: "small",
      description: "a poster",
      tags: ["demo"],
      chain: false,
      accepts: [],
      metadata: {},
      input: {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        type: "object",
        properties: { idea: { type: "string" } },
        required: ["idea"],
      },
      steps: [
        {
          name: "poster",
          provider: { name: "image", yields: "image", accepts: ["image"] },
          model: "m",
          prompt: { from: ["input"], function: "byIdea" },
          params: { seed: 7, strength: 0.5 },
        },
      ],
    });
    expect(Object.isFrozen(workflow)).toBe(true);
  });

  it("forgets no option of a step or a pipeline but whose runs they are", () => {
    type StepKey = Exclude<
      keyof ProviderStep | keyof NodeStep,
      "kind" | "key" | "provider" | "node" | keyof WorkflowStep
    >;
    type PipelineKey = Exclude<keyof PipelineDefinition, "tenantId" | "projectId" | keyof WorkflowPipeline>;
    expectTypeOf<StepKey>().toBeNever();
    expectTypeOf<PipelineKey>().toBeNever();
    expectTypeOf<Exclude<keyof Target, keyof WorkflowTarget>>().toBeNever();
  });

  it("gives the same id for the same pipeline and another for another", () => {
    expect(toWorkflow(film())).toEqual(toWorkflow(film().definition));
    expect(poster("a boat").id).toBe(poster("a boat").id);
    expect(poster("a boat").id).not.toBe(poster("a ship").id);
    expect(toWorkflow(film(), { description: "other" }).id).not.toBe(toWorkflow(film()).id);
  });

  it("leaves out whose runs they are", () => {
    const step = { name: "poster", provider: image, model: "m", prompt: "a boat" };
    const owned = Pipeline.from({ name: "poster", tenantId: "acme", projectId: "p", steps: [step] });
    expect(toWorkflow(owned).id).toBe(poster("a boat").id);
  });

  it("has the options of nodes in the id", () => {
    const arms = { now: { provider: image, model: "a" }, next: { provider: image, model: "b" } };
    const ids = [
      { weights: { now: 90, next: 10 } },
      { weights: { now: 80, next: 20 } },
      { weights: { now: 80, next: 20 }, salt: "s" },
    ].map((options) => toWorkflow(new Pipeline("p").step(split(arms, options), { prompt: "x" })).id);
    const turned = { next: arms.next, now: arms.now };
    const other = toWorkflow(
      new Pipeline("p").step(split(turned, { weights: { now: 90, next: 10 } }), { prompt: "x" }),
    );
    expect(new Set([...ids, other.id]).size).toBe(4);
    const body = new Pipeline("b").step(image, { model: "m", prompt: "x" });
    const maps = [{}, { concurrency: 3 }, { join: "any" as const }, { maxItems: 1_000 }].map(
      (options) => toWorkflow(new Pipeline("p").step(map(body, options), { input: [] })).id,
    );
    expect(new Set(maps).size).toBe(3);
    expect(maps[0]).toBe(maps[3]);
  });

  it("refuses functions without a name, naming the step and the option", () => {
    const bare = new Pipeline("p", { input: Idea }).step(image, {
      name: "a",
      model: "m",
      prompt: from("input", (x) => x.idea),
    });
    expect(codeOf(() => toWorkflow(bare))).toBe("INVALID_OPTION");
    expect(messageOf(() => toWorkflow(bare))).toContain('Step "a": option "prompt" has a function without a name');
    const body = new Pipeline("b").step(image, { model: "m", prompt: "x" });
    const judged = new Pipeline("p").step(
      loop(body, {
        judge: (
          () => () =>
            true
        )(),
      }),
      { name: "l" },
    );
    expect(messageOf(() => toWorkflow(judged))).toContain('Step "l": option "judge" has a function without a name');
  });

  it("refuses functions that have nothing but the name of their option, and says how to name them", () => {
    const body = new Pipeline("b").step(image, { model: "m", prompt: "x" });
    const judged = new Pipeline("p").step(loop(body, { judge: () => true }), { name: "l" });
    expect(codeOf(() => toWorkflow(judged))).toBe("INVALID_OPTION");
    expect(messageOf(() => toWorkflow(judged))).toBe(
      'Step "l": option "judge" has a function that is named "judge" as any function written there is, and a workflow tells functions by name. Give it a name of its own: { judge: function byName(given) { ... } }.',
    );
    const key = () => "a";
    const target = { provider: image, model: "m", prompt: "x" };
    const dealt = new Pipeline("p").step(split({ a: target, b: target }, { weights: { a: 1, b: 1 }, key }), {});
    expect(messageOf(() => toWorkflow(dealt))).toContain('option "key" has a function that is named "key"');
  });

  it("refuses two functions of one name, and takes one function twice", () => {
    const twice = new Pipeline("p", { input: Idea })
      .step(image, { name: "a", model: "m", prompt: from("input", functions.byIdea) })
      .step(image, { name: "b", model: "m", prompt: from("input", functions.byIdea) });
    expect(workflowNeeds(toWorkflow(twice)).functions).toEqual(["byIdea"]);
    const byIdea = (given: { readonly idea: string }) => given.idea;
    const two = twice.step(image, { name: "c", model: "m", prompt: from("input", byIdea) });
    expect(messageOf(() => toWorkflow(two))).toContain('Step "c": option "prompt" has something named "byIdea"');
  });

  it("refuses files from outside, schemas without JSON Schema, and nodes that do not say their options", () => {
    const file = bytesAsset(new Uint8Array([1]), "image/png");
    const outside = new Pipeline("p").step(video, { name: "clip", model: "m", inputs: [file] });
    expect(messageOf(() => toWorkflow(outside))).toContain('Step "clip": option "inputs" has a file from outside');
    const strange: SchemaLike = { "~standard": { version: 1, validate: (value) => ({ value }) } };
    const schema = new Pipeline("p").step(chat, { name: "story", model: "m", output: strange });
    expect(messageOf(() => toWorkflow(schema))).toContain('Step "story", option "output": a workflow keeps schemas');
    const own: CompositeNode = { kind: "own", yields: "image", accepts: [], bodies: {}, run: async () => ({}) };
    expect(messageOf(() => toWorkflow(new Pipeline("p").step(own, { name: "o" })))).toContain(
      'Step "o": this own does not say its options as data',
    );
  });

  it("refuses private words that are written down, wherever they are", () => {
    const given = new Pipeline("p", { input: Idea });
    const own = { name: "a", model: "m", promptVisibility: "private" } as const;
    const arms = { x: { provider: image, model: "m", prompt: "hidden" } };
    const inner = new Pipeline("b", { input: z.string() }).step(image, {
      ...own,
      prompt: from("input", functions.sentence),
    });
    const texts = [
      given.step(image, { ...own, prompt: "a hidden boat" }),
      given.step(image, {
        ...own,
        prompt: from("input", functions.byIdea),
        params: { negativePrompt: "hidden" },
      }),
      given.step(image, {
        ...own,
        prompt: from("input", functions.byIdea),
        params: { mood: "hidden" },
        privateParams: ["mood"],
      }),
      given.step(split(arms, { weights: { x: 1 } }), { name: "a", promptVisibility: "private" }),
      given.step(map(inner), { name: "a", input: ["hidden"] }),
    ].map((pipeline) => messageOf(() => toWorkflow(pipeline)));
    for (const text of texts) {
      expect(text).toContain('Step "a" has private words in its definition');
      expect(text).not.toContain("hidden");
    }
    const kept = toWorkflow(given.step(image, { ...own, prompt: from("input", functions.byIdea) }));
    expect(kept.steps[0]?.promptVisibility).toBe("private");
  });

  it("keeps the entry workflow of the metadata for itself", () => {
    const taken = Pipeline.from({
      name: "p",
      metadata: { workflow: "mine" },
      steps: [{ provider: image, model: "m", prompt: "x" }],
    });
    expect(messageOf(() => toWorkflow(taken))).toContain('The entry "workflow" of a pipeline\'s metadata');
    expect(codeOf(() => toWorkflow(5 as never))).toBe("INVALID_OPTION");
    expect(codeOf(() => toWorkflow(new Pipeline("none")))).toBe("EMPTY_PIPELINE");
  });
});
