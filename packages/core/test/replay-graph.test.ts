import { expect, it } from "vitest";
import { z } from "zod";
import { approve, from, loop, map, Pipeline, type Run, route } from "../src/index.js";
import { replay } from "../src/replay/index.js";
import { scriptedProvider } from "./support.js";

const chat = scriptedProvider({
  name: "chat",
  yields: "text",
  script: [{ kind: "done", output: { json: { scenes: ["harbour", "sea"] } } }],
});
const image = scriptedProvider({ name: "image", yields: "image", accepts: ["image"] });
const video = scriptedProvider({ name: "video", yields: "video", accepts: ["image"] });
const absent = scriptedProvider({ name: "absent", yields: "image" });

const shot = new Pipeline("shot", { input: z.string() })
  .step(image, { name: "frame", model: "m", prompt: from("input", (scene) => scene) })
  .step(video, { name: "clip", model: "v", inputs: { firstFrame: "frame" } });

/** A router inside a parallel branch inside a chain, a map, a loop and a gate. */
const film = new Pipeline("film")
  .step(chat, { name: "story", model: "m", prompt: "x", output: z.object({ scenes: z.array(z.string()) }) })
  .step(map(shot), { name: "shots", input: from("story", (story) => story.scenes) })
  .step(
    route(
      { fast: { provider: absent, model: "f" }, fine: { provider: image, model: "g" } },
      function byLength({ prompt }) {
        return prompt.length > 3 ? "fine" : "fast";
      },
    ),
    { name: "poster", prompt: "a long prompt" },
  )
  .step(loop(shot, { judge: ({ round }) => ({ passed: round === 2, score: round }) }), { name: "best", input: "z" })
  .step(approve(), { name: "chosen", inputs: ["poster"] })
  .step(video, { name: "end", model: "m", inputs: ["chosen"], after: ["shots", "best"] })
  .step(image, { name: "never", model: "m", prompt: "p", when: from("story", (story) => story.scenes.length > 9) });

function shapeOf({ steps }: Run) {
  return steps.map(({ metadata, provider, model, status, inputs }) => {
    const { name, operation, part_of, state, reason, decisions, evidence, answer, _input_from } = metadata;
    const facts = { name, operation, part_of, state, reason, decisions, evidence, answer, _input_from };
    return { ...facts, provider, model, status, inputs: inputs.map(({ sha256 }) => sha256) };
  });
}

it("replays a graph to the same shape: what was decided, chosen, answered and left out stays so", async () => {
  const first = await film.run({ answers: { chosen: { approved: true, by: "ann" } } });
  expect(first.status).toBe("completed");
  const again = replay(first.manifest, [chat, image, video]);
  const second = await again.run();
  expect(second.status).toBe("completed");
  expect(shapeOf(second.run)).toEqual(shapeOf(first.run));
  expect(shapeOf((await replay(second.manifest, [chat, image, video]).run()).run)).toEqual(shapeOf(first.run));
});

it("takes just the assets that an approval chose", async () => {
  const two = scriptedProvider({
    name: "two",
    yields: "image",
    script: [
      {
        kind: "done",
        output: {
          assets: ["a", "b"].map((text) => ({ mediaType: "image/png", bytes: new TextEncoder().encode(text) })),
        },
      },
    ],
  });
  const pipeline = new Pipeline("p")
    .step(two, { name: "frames", model: "m" })
    .step(approve(), { name: "chosen", inputs: ["frames"] })
    .step(video, { name: "clip", model: "m", inputs: ["chosen"] });
  const first = await pipeline.run({ answers: { chosen: { approved: true, choose: [1] } } });
  const second = await replay(first.manifest, [two, video]).run();
  expect(first.step("clip").state).toBe("succeeded");
  expect(shapeOf(second.run)).toEqual(shapeOf(first.run));
  expect(second.run.steps[2]?.inputs.map(({ sha256 }) => sha256)).toEqual([first.step("frames").assets[1]?.sha256]);
});
