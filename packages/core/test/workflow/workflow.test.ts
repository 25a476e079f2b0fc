import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { textLimits } from "../../src/guard/text-limits.js";
import type { JsonObject } from "../../src/json/json-value.js";
import type { CompositeNode, Target } from "../../src/node/composite-node.js";
import { loop } from "../../src/node/loop.js";
import { map } from "../../src/node/map.js";
import { split } from "../../src/node/split.js";
import type { NodeStep, PipelineDefinition, ProviderStep } from "../../src/pipeline/definition.js";
import { bytesAsset } from "../../src/pipeline/external-asset.js";
import { Pipeline } from "../../src/pipeline/pipeline.js";
import { from } from "../../src/pipeline/reference.js";
import type { SchemaLike } from "../../src/pipeline/scope.js";
import { fromWorkflow } from "../../src/workflow/from-workflow.js";
import { documentOf, readWorkflow, sealWorkflow } from "../../src/workflow/read-workflow.js";
import { toWorkflow } from "../../src/workflow/to-workflow.js";
import type { WorkflowPipeline, WorkflowStep, WorkflowTarget } from "../../src/workflow/workflow.js";
import { workflowNeeds } from "../../src/workflow/workflow-needs.js";
import { scriptedProvider } from "../support.js";
import { codeOf, messageOf } from "../thrown.js";
import { chat, film, filmParts, functions, Idea, image, poster, providers, Story, video } from "./workflow-support.js";

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
      (options) => toWorkflow(new Pipeline("p").step(map(body, options), {})).id,
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

describe("fromWorkflow", () => {
  it("makes a pipeline of the same id, with a step of every kind", () => {
    const workflow = toWorkflow(film(), { description: "one sentence to a film", tags: ["a"] });
    const stored: unknown = JSON.parse(JSON.stringify(workflow));
    const rebuilt = fromWorkflow(readWorkflow(stored), filmParts);
    expect(toWorkflow(rebuilt, { description: "one sentence to a film", tags: ["a"] })).toEqual(workflow);
    expect(rebuilt.definition.metadata).toEqual({ team: "boats", workflow: { id: workflow.id, name: "film" } });
    const [before, after] = [film().plan(), rebuilt.plan()];
    expect(after.steps.map(({ inputs }) => inputs)).toEqual(before.steps.map(({ inputs }) => inputs));
    expect(after.steps.map(({ required }) => required)).toEqual(before.steps.map(({ required }) => required));
  });

  it("runs as the pipeline did, and says in the manifest which version it is", async () => {
    const pipeline = new Pipeline("titles", { input: Idea })
      .step(chat, { name: "story", model: "m", output: Story, prompt: from("input", functions.byIdea) })
      .step(image, { name: "poster", model: "m", prompt: from("story", functions.byTitle) });
    const workflow = toWorkflow(pipeline);
    const parts = { providers: [chat, image], functions, schemas: { Idea, Story } };
    const result = await fromWorkflow(workflow, parts).run({ input: { idea: "a boat" } });
    expect(result.run.steps.map(({ prompt }) => prompt)).toEqual(["a story of a boat", "Boat"]);
    expect(result.run.metadata).toMatchObject({ workflow: { id: workflow.id, name: "titles" } });
  });

  it("names all that is missing at once", () => {
    const guarded = toWorkflow(
      Pipeline.from({ ...film().definition, guards: [{ ...textLimits(), name: "mine" }], steps: [] } as never).step(
        image,
        { model: "m", prompt: "x" },
      ),
    );
    expect(messageOf(() => fromWorkflow(guarded, { ...filmParts }))).toContain('guard "mine"');
    const workflow = toWorkflow(film());
    const message = messageOf(() =>
      fromWorkflow(workflow, { providers: { chat }, functions: { byidea: functions.byIdea } }),
    );
    for (const each of [
      'function "byIdea" Did you mean "byidea"?',
      'function "byLength"',
      'schema of "input"',
      'schema of "story"',
      'schema of "shots/body/input"',
      'provider "image" (image)',
      'provider "video" (video)',
    ]) {
      expect(message).toContain(each);
    }
    expect(message).not.toContain('provider "chat"');
  });

  it("refuses a function under a name that is not its own", () => {
    const workflow = toWorkflow(
      new Pipeline("p", { input: Idea }).step(image, { model: "m", prompt: from("input", functions.byIdea) }),
    );
    const message = messageOf(() =>
      fromWorkflow(workflow, { providers, functions: { byIdea: functions.byTitle }, schemas: { Idea } }),
    );
    expect(message).toContain('what was given as "byIdea" is named "byTitle"');
  });

  it("tells schemas by their JSON Schema, and by their place when several have the same", () => {
    const workflow = toWorkflow(
      new Pipeline("p", { input: Idea }).step(image, { model: "m", prompt: from("input", functions.byIdea) }),
    );
    const strict = Idea.refine(({ idea }) => idea !== "", "say something");
    const parts = { providers, functions };
    expect(fromWorkflow(workflow, { ...parts, schemas: { Idea, strict: Story } }).definition.input).toBe(Idea);
    expect(messageOf(() => fromWorkflow(workflow, { ...parts, schemas: { Idea, strict } }))).toContain(
      '"Idea", "strict"',
    );
    expect(fromWorkflow(workflow, { ...parts, schemas: { Idea, input: strict } }).definition.input).toBe(strict);
  });

  it("takes a provider that accepts more, but not where chain chooses the inputs, nor one that accepts less", () => {
    const more = scriptedProvider({ name: "image", yields: "image", accepts: ["image", "video"] });
    const less = scriptedProvider({ name: "image", yields: "image" });
    const steps = [{ provider: image, name: "a", model: "m", prompt: "x" }];
    const plain = toWorkflow(Pipeline.from({ name: "p", steps }));
    const chained = toWorkflow(Pipeline.from({ name: "p", chain: true, steps }));
    expect(fromWorkflow(plain, { providers: [more] }).definition.steps).toHaveLength(1);
    for (const [workflow, provider] of [
      [chained, more],
      [plain, less],
    ] as const) {
      expect(messageOf(() => fromWorkflow(workflow, { providers: [provider] }))).toContain(
        "accepted image when the workflow was made",
      );
    }
  });

  it("makes nodes of other kinds by the factories that it is given", () => {
    const own = (options: JsonObject): CompositeNode => ({
      kind: "own",
      yields: "image",
      accepts: [],
      bodies: {},
      options,
      functions: { byIdea: functions.byIdea },
      run: async () => ({}),
    });
    const workflow = toWorkflow(new Pipeline("p").step(own({ depth: 2 }), { name: "o" }));
    expect(messageOf(() => fromWorkflow(workflow, { providers, functions }))).toContain(
      'kind "own", which is not known here',
    );
    const rebuilt = fromWorkflow(workflow, { providers, functions, nodes: { own: ({ options }) => own(options) } });
    expect(toWorkflow(rebuilt).id).toBe(workflow.id);
    const wrong = { providers, functions, nodes: { own: () => own({ depth: 3 }) } };
    expect(messageOf(() => fromWorkflow(workflow, wrong))).toContain("First: step o node.options.depth: 2 -> 3.");
  });

  it("gives pipelines of any data back with the same id", () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }) as fc.Arbitrary<JsonObject>;
    const step = fc.record({
      model: fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }),
      prompt: fc.string({ unit: "grapheme" }),
      params: json.filter((each) => !("negativePrompt" in each || "seed" in each)),
      metadata: json,
      optional: fc.boolean(),
      regenerate: fc.integer({ min: 0, max: 100 }),
      timeoutMs: fc.double({ min: 0.5, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), fc.boolean(), (steps, chain) => {
        const data = steps.map((each, index) => ({ ...each, name: `s${index}`, provider: image }));
        const workflow = toWorkflow(Pipeline.from({ name: "any", chain, steps: data }));
        const stored: unknown = JSON.parse(JSON.stringify(workflow));
        const read = readWorkflow(stored);
        expect(read).toEqual(workflow);
        expect(toWorkflow(fromWorkflow(read, { providers }))).toEqual(workflow);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a document from anywhere, with the id of its content", () => {
  const document = documentOf(toWorkflow(film()));
  // What a provider accepts may have grown, so such documents have pipelines whose workflow is another.
  const places = [...placesOf(document, [])].filter((path) => !path.includes("accepts"));

  it("becomes a pipeline, or is refused with an error that says why", () => {
    const place = fc.integer({ min: 0, max: places.length - 1 });
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.integer({ min: 0, max: places.length - 1 }).map((other) => valueAt(document, places[other] ?? [])),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(place, value, (index, put) => {
        const changed = structuredClone(document);
        const path = places[index] ?? [];
        const parent: unknown = valueAt(changed, path.slice(0, -1));
        if (typeof parent === "object" && parent !== null) Reflect.set(parent, path.at(-1) ?? "", put);
        expect([
          "a pipeline",
          "INVALID_OPTION",
          "UNKNOWN_STEP",
          "DUPLICATE_STEP",
          "WRONG_MODALITY",
          "CYCLE",
          "EMPTY_PIPELINE",
          "INPUT_INVALID",
        ]).toContain(endOf(changed));
      }),
      { numRuns: 600 },
    );
  });
});

/** Whether a document becomes a pipeline with its id that can be planned, or the code of what is thrown. */
function endOf(document: unknown): string {
  return codeOf(() => {
    const workflow = sealWorkflow(document);
    const pipeline = fromWorkflow(workflow, filmParts);
    const { description, tags } = workflow;
    const again = toWorkflow(pipeline, { description, tags });
    expect(again.id).toBe(workflow.id);
  }).replace("Error: nothing was thrown", "a pipeline");
}

function* placesOf(value: unknown, path: readonly string[]): Generator<readonly string[]> {
  if (path.length > 0) yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [key, entry] of Object.entries(value)) yield* placesOf(entry, [...path, key]);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}

describe("readWorkflow", () => {
  const workflow = poster("a boat");
  const changed = (change: object) => ({ ...(JSON.parse(JSON.stringify(workflow)) as object), ...change });

  it("refuses a document whose id is not that of its content", () => {
    expect(messageOf(() => readWorkflow(changed({ name: "other" })))).toContain("is not the hash of its content");
    expect(codeOf(() => readWorkflow(changed({ id: undefined })))).toBe("INVALID_OPTION");
    expect(readWorkflow(changed({})).id).toBe(workflow.id);
  });

  it("is strict, and bounded in depth and size", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 200; level++) deep = [deep];
    const round: Record<string, unknown> = {};
    round.self = round;
    const step = workflow.steps[0];
    const wrong: unknown[] = [
      null,
      [],
      "text",
      changed({ format: "genblaze-workflow-v2" }),
      changed({ extra: 1 }),
      changed({ metadata: { deep } }),
      changed({ metadata: { round } }),
      changed({ metadata: { long: "x".repeat(4_000_001) } }),
      changed({ steps: [{ ...step, node: { kind: "map", options: {}, functions: {}, bodies: [] } }] }),
      changed({ steps: [{ ...step, provider: undefined }] }),
      changed({ steps: [{ ...step, when: { from: [], function: "f" } }] }),
      changed({ steps: [{ ...step, regenerate: 1e9 }] }),
    ];
    for (const each of wrong) expect(codeOf(() => readWorkflow(each))).toBe("INVALID_OPTION");
    expect(messageOf(() => readWorkflow(changed({ extra: 1 })))).toContain("This is no workflow");
    expect(messageOf(() => readWorkflow(changed({ metadata: { deep } })))).toContain("at most 90 levels");
  });
});
