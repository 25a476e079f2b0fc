import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textLimits } from "../../src/guard/text-limits.js";
import type { JsonObject } from "../../src/json/json-value.js";
import type { CompositeNode } from "../../src/node/composite-node.js";
import { Pipeline } from "../../src/pipeline/pipeline.js";
import { from } from "../../src/pipeline/reference.js";
import { fromWorkflow } from "../../src/workflow/from-workflow.js";
import { readWorkflow } from "../../src/workflow/read-workflow.js";
import { toWorkflow } from "../../src/workflow/to-workflow.js";
import { scriptedProvider } from "../support.js";
import { messageOf } from "../thrown.js";
import { chat, film, filmParts, functions, Idea, image, providers, Story } from "./workflow-support.js";

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
      functions: { told: functions.byIdea },
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
