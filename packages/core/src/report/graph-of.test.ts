import { expect, it } from "vitest";
import { z } from "zod";
import { scriptedProvider } from "../../test/support.js";
import { map } from "../node/map.js";
import { route } from "../node/route.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { from } from "../pipeline/reference.js";
import { graphOfPlan, graphOfRun } from "./graph-of.js";
import { toMermaid } from "./to-mermaid.js";

const chat = scriptedProvider({
  name: "chat",
  yields: "text",
  script: [{ kind: "done", output: { json: ["harbour", "sea"] } }],
});
const image = scriptedProvider({ name: "image", yields: "image", accepts: ["image"] });
const video = scriptedProvider({ name: "video", yields: "video", accepts: ["image"] });
const shot = new Pipeline("shot", { input: z.string() })
  .step(image, { name: "frame", model: "m", prompt: from("input", (scene) => scene) })
  .step(video, { name: "clip", model: "v", inputs: { firstFrame: "frame[0]" } });
const film = new Pipeline("film")
  .step(chat, { name: "scenes", model: "m", prompt: "x", output: z.array(z.string()) })
  .step(map(shot), { name: "shots", input: from("scenes", (scenes) => scenes) })
  .step(
    route({ a: { provider: image, model: "a" }, b: { provider: image, model: "b" } }, function first() {
      return "a";
    }),
    { name: "poster", prompt: "p", after: ["shots"] },
  );

it("draws a plan: steps, what is inside nodes, and how things flow", () => {
  const { nodes, edges } = graphOfPlan(film.plan());
  expect(nodes.map(({ key, parent, kind }) => [key, parent, kind])).toEqual([
    ["scenes", undefined, "step"],
    ["shots", undefined, "node"],
    ["shots.frame", "shots", "step"],
    ["shots.clip", "shots", "step"],
    ["poster", undefined, "node"],
    ["poster.a", "poster", "step"],
    ["poster.b", "poster", "step"],
  ]);
  expect(edges).toEqual([
    { from: "scenes", to: "shots", kind: "data" },
    { from: "shots.frame", to: "shots.clip", label: "firstFrame [0]", kind: "data" },
    { from: "shots", to: "poster", kind: "order" },
  ]);
  expect(toMermaid(graphOfPlan(film.plan()))).toContain("flowchart LR");
});

it("draws a run: every item and arm, how it ended and why", async () => {
  const { facts } = await film.run();
  const { nodes } = graphOfRun(facts);
  expect(nodes.map(({ key, state, reason }) => [key, state, reason])).toEqual([
    ["scenes", "succeeded", undefined],
    ["shots", "succeeded", "items 2; succeeded 2"],
    ["shots[0].frame", "succeeded", undefined],
    ["shots[0].clip", "succeeded", undefined],
    ["shots[1].frame", "succeeded", undefined],
    ["shots[1].clip", "succeeded", undefined],
    ["poster", "succeeded", "arm: a, first chose it"],
    ["poster.a", "succeeded", undefined],
    ["poster.b", "skipped", 'poster took "a".'],
  ]);
  expect(toMermaid(graphOfRun(facts))).toContain("subgraph");
});
