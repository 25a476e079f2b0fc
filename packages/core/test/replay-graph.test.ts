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

it("says of a graph what is sent, what is decided as recorded, and what is left out", async () => {
  const first = await film.run({ answers: { chosen: { approved: true, by: "ann" } } });
  const lines = replay(first.manifest, [chat, image, video]).describe().split("\n");
  expect(lines[0]).toBe(`replay of film (run ${first.runId}): 17 steps, 2 of them left out`);
  const linesOf = (name: string) => {
    const start = lines.findIndex((line) => line.includes(`. ${name}: `));
    return lines.slice(
      start,
      lines.findIndex((line, index) => index > start && /^ {2}\S/.test(line)),
    );
  };
  expect(linesOf("shots")).toEqual(["  2. shots: map node, its parts follow"]);
  expect(linesOf("poster")).toEqual([
    "  7. poster: route node, its parts follow",
    `     decided as recorded: arm "fine": byLength chose it`,
  ]);
  expect(linesOf("poster.fast")).toEqual([`  8. poster.fast: left out, as in the recorded run: poster took "fine".`]);
  expect(linesOf("best[0].frame")).toEqual(["  11. best[0].frame: image/m -> image", `     prompt "z"`]);
  expect(linesOf("chosen")).toEqual([
    "  15. chosen: approve node",
    "     takes poster.fine",
    `     answered as recorded: {"approved":true,"by":"ann"}`,
  ]);
  expect(linesOf("never")).toEqual([
    "  17. never: left out, as in the recorded run: its condition on story gave false.",
  ]);
  expect(lines.slice(lines.indexOf("  not replayed:"))).toEqual([
    "  not replayed:",
    "    story output schema: Schemas are not recorded. The step gives what the provider answers, unchecked.",
    "    shots, poster, best, chosen decisions: They are taken as recorded, not made anew; what ran inside a node is run as steps of their own.",
    `    shots[0].frame, shots[1].frame, best[0].frame, best[1].frame prompt: It was computed from "input". The recorded value is sent, whatever that gives now.`,
  ]);
});
