import { z } from "zod";

const scene = z.object({
  title: z.string(),
  picture: z.string(),
  narration: z.string(),
  motion: z.enum(["pan-right", "pan-left", "push-in", "pull-out", "rise"]),
  durationSeconds: z.number().min(1).max(30),
  seed: z.int(),
});

/** What the first step must give; a storyboard that does not fit fails the run before anything is painted. */
export const Storyboard = z.object({
  title: z.string().min(1),
  logline: z.string(),
  // Everything else that the writer says of a scene is for the painter, who reads it as it is.
  scenes: z.tuple([z.looseObject(scene.shape), z.looseObject(scene.shape), z.looseObject(scene.shape)]),
  music: z.object({
    mood: z.enum(["calm", "bright", "dreamy", "wistful", "tense"]),
    tempo: z.number(),
    key: z.string(),
  }),
});

export type Storyboard = z.infer<typeof Storyboard>;

/** Seconds of the whole film. */
export function lengthOf(story: Storyboard): number {
  return story.scenes.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
}

/** What the narrator says when: each line a moment after its scene begins. */
export function linesOf(story: Storyboard) {
  let start = 0;
  return story.scenes.map(({ narration, durationSeconds }) => {
    const line = { text: narration, startSeconds: start + 0.5 };
    start += durationSeconds;
    return line;
  });
}
