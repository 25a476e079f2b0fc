import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromWorkflow } from "../../src/workflow/from-workflow.js";
import { documentOf, readWorkflow, sealWorkflow } from "../../src/workflow/read-workflow.js";
import { toWorkflow } from "../../src/workflow/to-workflow.js";
import { codeOf, messageOf } from "../thrown.js";
import { film, filmParts, poster } from "./workflow-support.js";

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
