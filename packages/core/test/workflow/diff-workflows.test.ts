import { describe, expect, it } from "vitest";
import { split } from "../../src/node/split.js";
import type { PipelineData } from "../../src/pipeline/definition.js";
import { Pipeline } from "../../src/pipeline/pipeline.js";
import { from } from "../../src/pipeline/reference.js";
import { describeWorkflowDiff } from "../../src/workflow/describe-workflow-diff.js";
import { diffWorkflows } from "../../src/workflow/diff-workflows.js";
import { toWorkflow } from "../../src/workflow/to-workflow.js";
import { scriptedProvider } from "../support.js";
import { codeOf } from "../thrown.js";
import { chat, film, functions, image, poster, video } from "./workflow-support.js";

type Steps = PipelineData["steps"];

const workflowOf = (...steps: Steps) => toWorkflow(Pipeline.from({ name: "p", steps }));
const frame = { provider: image, name: "frame", model: "m", prompt: "a paper boat on a rainy street" };
const clip = { provider: video, name: "clip", model: "m", prompt: "it sails", inputs: { firstFrame: "frame" } };
const title = { provider: chat, name: "title", model: "m", prompt: "a title" };

describe("diffWorkflows", () => {
  it("finds nothing between equal workflows", () => {
    const diff = diffWorkflows(toWorkflow(film()), toWorkflow(film()));
    expect(diff).toMatchObject({ isSame: true, changes: [] });
    expect(describeWorkflowDiff(diff)).toEqual([`${diff.leftId} -> ${diff.leftId}: the same version`]);
    expect(codeOf(() => diffWorkflows(poster("a"), { ...poster("b"), id: poster("a").id }))).toBe("INVALID_OPTION");
  });

  it("tells what was added, removed and moved", () => {
    const before = workflowOf(title, frame, clip);
    const after = workflowOf({ ...title, name: "story" }, clip, frame);
    expect(diffWorkflows(before, after).changes).toEqual([
      { kind: "added", step: "story", maker: "chat m" },
      { kind: "moved", step: "frame", from: 1, to: 2 },
      { kind: "removed", step: "title", maker: "chat m" },
    ]);
  });

  it("tells changed providers, models, parameters and words", () => {
    const other = scriptedProvider({ name: "painter", yields: "image", accepts: ["image"] });
    const before = workflowOf({ ...frame, params: { seed: 1, size: { width: 1 } } });
    const after = workflowOf({
      ...frame,
      provider: other,
      model: "n",
      prompt: "a paper boat on a sunny street at noon",
      params: { size: { width: 2 }, style: "oil" },
    });
    expect(diffWorkflows(before, after).changes).toEqual([
      { kind: "changed", step: "frame", field: "model", left: "m", right: "n" },
      { kind: "changed", step: "frame", field: "params.seed", left: 1, right: undefined },
      { kind: "changed", step: "frame", field: "params.size.width", left: 1, right: 2 },
      { kind: "changed", step: "frame", field: "params.style", left: undefined, right: "oil" },
      { kind: "changed", step: "frame", field: "provider", left: "image", right: "painter" },
      {
        kind: "prompt",
        step: "frame",
        words: [
          { kind: "same", text: "a paper boat on a " },
          { kind: "removed", text: "rainy street" },
          { kind: "added", text: "sunny street at noon" },
        ],
      },
    ]);
  });

  it("tells changed edges, a prompt that becomes computed, and facts of the workflow", () => {
    const before = workflowOf(title, frame, clip);
    const prompt = from<Record<string, never>, "title", unknown>("title", functions.byTitle);
    const after = workflowOf(title, { ...frame, prompt }, { ...clip, inputs: ["frame[0]"], after: ["title"] });
    expect(diffWorkflows(before, after).changes).toEqual([
      { kind: "changed", step: "frame", field: "prompt", left: "a paper boat on a rainy street", right: undefined },
      { kind: "edges", step: "frame", added: ["prompt reads title by byTitle"], removed: [] },
      {
        kind: "edges",
        step: "clip",
        added: ["inputs: frame[0]", "after: title"],
        removed: ["inputs firstFrame: frame"],
      },
    ]);
    const named = toWorkflow(Pipeline.from({ name: "p", metadata: { team: "x" }, steps: [title] }), {
      description: "d",
    });
    expect(diffWorkflows(workflowOf(title), named).changes).toEqual([
      { kind: "workflow", field: "description", left: undefined, right: "d" },
      { kind: "workflow", field: "metadata.team", left: undefined, right: "x" },
    ]);
  });

  it("looks into nodes", () => {
    const of = (weight: number, model: string) => {
      const arms = { now: { provider: image, model: "a" }, next: { provider: image, model } };
      return toWorkflow(
        new Pipeline("p").step(split(arms, { weights: { now: 100 - weight, next: weight } }), {
          name: "trial",
          prompt: "x",
        }),
      );
    };
    expect(diffWorkflows(of(10, "b"), of(20, "c")).changes).toEqual([
      { kind: "changed", step: "trial", field: "node.options.weights.next", left: 10, right: 20 },
      { kind: "changed", step: "trial", field: "node.options.weights.now", left: 90, right: 80 },
      { kind: "changed", step: "trial/next", field: "model", left: "b", right: "c" },
    ]);
  });
});

describe("describeWorkflowDiff", () => {
  it("writes a line for each change, with what could steer a terminal escaped", () => {
    const before = workflowOf(title, frame, clip);
    const after = workflowOf({ ...clip, model: "n\u001b[2J" }, { ...frame, prompt: "a paper ship on a street" });
    const lines = describeWorkflowDiff(diffWorkflows(before, after));
    expect(lines.slice(1)).toEqual([
      '  step clip model: "m" -> "n\\u001b[2J"',
      "  step frame moved from place 2 to 2",
      "  step frame prompt: a paper [-boat-] {+ship+} on a [-rainy-] street",
      "  step title was removed: chat m",
    ]);
    expect(lines[0]).toMatch(/^[0-9a-f]{64} -> [0-9a-f]{64}: 4 changes$/);
  });
});
