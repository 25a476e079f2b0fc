import { z } from "zod";
import { createJobProvider, type VendorKind } from "../../../fakes/src/index.js";
import { from, loop, map, Pipeline } from "../../src/index.js";

const Story = z.object({ scenes: z.array(z.string()) });

/** How many jobs one run of {@link pipeline} buys. */
export const JOBS_OF_RUN = 10;

/**
 * Ten jobs of one vendor in a graph with all kinds of steps: a text that others read, a `map` with a picture and a film
 * for each of two scenes, a picture that is there at once, sound, a `loop` of two rounds, and a join. The same input
 * gives the same manifest hash. The node that loops is no gate, and nothing else waits for people.
 */
export function pipeline(baseUrl: string, kind: VendorKind) {
  const base = { baseUrl, kind };
  const writer = createJobProvider({ ...base, name: "jobs-text", yields: "text" });
  const painter = createJobProvider({ ...base, name: "jobs-image", yields: "image" });
  const filmer = createJobProvider({
    ...base,
    name: "jobs-video",
    yields: "video",
    accepts: ["image", "video", "audio"],
  });
  const singer = createJobProvider({ ...base, name: "jobs-audio", yields: "audio" });
  const shot = new Pipeline("shot", { input: z.string() })
    .step(painter, { name: "frame", model: "painter", prompt: from("input", (scene) => `frame of ${scene}`) })
    .step(filmer, { name: "clip", model: "filmer", prompt: "it moves", inputs: { firstFrame: "frame" } });
  const draft = new Pipeline("draft", { input: z.string() }).step(writer, {
    name: "slogan",
    model: "instant-writer",
    prompt: from("input", (hint) => `a slogan ${hint}`),
  });
  return new Pipeline("crash")
    .step(writer, { name: "story", model: "json-writer", prompt: "a boat in the rain", output: Story })
    .step(map(shot), { name: "shots", input: from("story", (story) => story.scenes) })
    .step(painter, { name: "poster", model: "instant-painter", prompt: "a poster of a boat" })
    .step(singer, { name: "music", model: "singer", prompt: "calm piano" })
    .step(loop(draft, { judge: ({ round }) => round === 2, next: ({ input }) => `${input}, shorter` }), {
      name: "slogans",
      input: "about a boat",
    })
    .step(filmer, { name: "film", model: "composer", prompt: "all of it", inputs: ["shots", "music", "poster"] });
}
