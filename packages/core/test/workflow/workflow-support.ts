import { z } from "zod";
import { approve } from "../../src/node/approve.js";
import { fanOut } from "../../src/node/fan-out.js";
import { loop } from "../../src/node/loop.js";
import { map } from "../../src/node/map.js";
import { route } from "../../src/node/route.js";
import { split } from "../../src/node/split.js";
import type { PipelineData } from "../../src/pipeline/definition.js";
import { Pipeline } from "../../src/pipeline/pipeline.js";
import { from } from "../../src/pipeline/reference.js";
import { toWorkflow } from "../../src/workflow/to-workflow.js";
import type { Workflow } from "../../src/workflow/workflow.js";
import { scriptedProvider } from "../support.js";

export const Idea = z.object({ idea: z.string() });
export const Story = z.object({ title: z.string(), scenes: z.array(z.string()) });

export const chat = scriptedProvider({
  name: "chat",
  yields: "text",
  script: [{ kind: "done", output: { json: { title: "Boat", scenes: ["harbour"] } } }],
});
export const image = scriptedProvider({ name: "image", yields: "image", accepts: ["image"] });
export const video = scriptedProvider({ name: "video", yields: "video", accepts: ["image"] });
export const providers = { chat, image, video };

/** Every function that the workflows of these tests have, by its own name. */
export const functions = {
  byIdea: (given: { readonly idea: string }) => `a story of ${given.idea}`,
  byTitle: (story: { readonly title: string }) => story.title,
  scenesOf: (story: { readonly scenes: readonly string[] }) => story.scenes,
  isLong: (story: { readonly scenes: readonly string[] }) => story.scenes.length > 3,
  seedOf: (story: { readonly title: string }) => story.title.length,
  sentence: (scene: string) => scene,
  byLength: ({ prompt }: { readonly prompt: string }) => (prompt.length > 20 ? ("fine" as const) : ("fast" as const)),
  byPrompt: ({ prompt }: { readonly prompt: string }) => prompt,
  firstIsEnough: () => true,
  sameAgain: ({ input }: { readonly input: string }) => input,
};
export const schemas = { Idea, Story };

const shot = new Pipeline("shot", { input: z.string() }).step(image, {
  name: "frame",
  model: "m",
  prompt: from("input", functions.sentence),
});

/** A pipeline with a step of every kind. */
export function film(): Pipeline<{ idea: string }> {
  const whole = new Pipeline("film", { input: Idea, metadata: { team: "boats" } })
    .step(chat, { name: "story", model: "m", output: Story, prompt: from("input", functions.byIdea), timeoutMs: 5_000 })
    .step(image, {
      name: "poster",
      model: "painter",
      prompt: "a paper boat on a rainy street",
      params: { aspectRatio: "16:9", seed: from("story", functions.seedOf) },
      metadata: { use: "cover" },
    })
    .step(map(shot, { concurrency: 2 }), { name: "shots", input: from("story", functions.scenesOf) })
    .step(loop(shot, { judge: functions.firstIsEnough, next: functions.sameAgain, maxRounds: 2 }), {
      name: "best",
      input: "harbour",
    })
    .step(
      route(
        { fast: { provider: image, model: "quick" }, fine: { provider: image, model: "slow" } },
        functions.byLength,
      ),
      { name: "still", prompt: from("story", functions.byTitle) },
    )
    .step(
      split(
        {
          now: { provider: image, model: "a", prompt: "old words" },
          next: { provider: image, model: "b", inputs: [] },
        },
        { weights: { now: 90, next: 10 }, key: functions.byPrompt },
      ),
      { name: "trial", prompt: "a boat" },
    )
    .step(fanOut({ one: { provider: image, model: "a" }, two: shotOf("two") }, { join: "any" }), {
      name: "both",
      prompt: "a boat",
    })
    .step(approve({ question: "Which one?" }), { name: "chosen", inputs: ["poster", "still[0]"] })
    .step(video, {
      name: "clip",
      model: "m",
      prompt: "it sails",
      inputs: { firstFrame: "chosen", others: ["shots", "both.image"] },
      after: ["trial"],
      when: from("story", functions.isLong),
      join: { atLeast: 1 },
      optional: true,
    });
  return whole as unknown as Pipeline<{ idea: string }>;
}

function shotOf(name: string) {
  return new Pipeline(name).step(image, { name: "frame", model: "m", prompt: "a harbour" });
}

export const filmParts = { providers, functions, schemas: { ...schemas, Scene: z.string() } };

/** A workflow of one step. */
export function poster(prompt: string, more: Partial<PipelineData["steps"][number]> = {}): Workflow {
  // The entries of `more` are options of this step.
  const steps = [{ provider: image, name: "poster", model: "m", prompt, ...more }] as PipelineData["steps"];
  return toWorkflow(Pipeline.from({ name: "poster", steps }));
}
