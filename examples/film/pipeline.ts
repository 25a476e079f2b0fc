import { local } from "@genblaze/local";
import { from, Pipeline } from "genblaze";
import { z } from "zod";
import { lengthOf, linesOf, Storyboard } from "./storyboard.js";

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** One sentence becomes a storyboard and three key frames with their layers. */
function keyFrames(size: PictureSize) {
  return new Pipeline("film", { input: z.object({ sentence: z.string().min(1), seed: z.int() }) })
    .step(local.text, {
      name: "story",
      model: "storyboard",
      prompt: from("input", ({ sentence }) => sentence),
      params: { seed: from("input", ({ seed }) => seed), scenes: 3 },
      output: Storyboard,
    })
    .step(local.image, {
      name: "frame-1",
      model: "scene-painter",
      prompt: from("story", ({ scenes }) => scenes[0].picture),
      params: { ...size, scene: from("story", ({ scenes }) => scenes[0]), layers: true },
    })
    .step(local.image, {
      name: "frame-2",
      model: "scene-painter",
      prompt: from("story", ({ scenes }) => scenes[1].picture),
      params: { ...size, scene: from("story", ({ scenes }) => scenes[1]), layers: true },
    })
    .step(local.image, {
      name: "frame-3",
      model: "scene-painter",
      prompt: from("story", ({ scenes }) => scenes[2].picture),
      params: { ...size, scene: from("story", ({ scenes }) => scenes[2]), layers: true },
    });
}

/**
 * Key frames become clips; with a narration and music they become the film. Steps that do not wait for each other
 * run at the same time: the compiler and `plan` know the rest from the names.
 */
export function filmPipeline(size: PictureSize = { width: 1280, height: 720 }) {
  return keyFrames(size)
    .step(local.video, {
      name: "clip-1",
      model: "parallax",
      inputs: { firstFrame: "frame-1" },
      params: {
        ...size,
        durationSeconds: from("story", ({ scenes }) => scenes[0].durationSeconds),
        title: from("story", ({ title, logline }) => ({ text: title, subtitle: logline, style: "film" as const })),
        fade: { inSeconds: 0.9, outSeconds: 0.3 },
      },
    })
    .step(local.video, {
      name: "clip-2",
      model: "parallax",
      inputs: { firstFrame: "frame-2" },
      params: {
        ...size,
        durationSeconds: from("story", ({ scenes }) => scenes[1].durationSeconds),
        title: from("story", ({ scenes }) => scenes[1].title),
        fade: { inSeconds: 0.3, outSeconds: 0.3 },
      },
    })
    .step(local.video, {
      name: "clip-3",
      model: "parallax",
      inputs: { firstFrame: "frame-3" },
      params: {
        ...size,
        durationSeconds: from("story", ({ scenes }) => scenes[2].durationSeconds),
        title: from("story", ({ scenes }) => scenes[2].title),
        fade: { inSeconds: 0.3, outSeconds: 1.4 },
      },
    })
    .step(local.speech, {
      name: "narration",
      model: "formant",
      prompt: from("story", ({ scenes }) => scenes.map(({ narration }) => narration).join(" ")),
      params: { lines: from("story", linesOf), durationSeconds: from("story", lengthOf) },
    })
    .step(local.music, {
      name: "music",
      model: "score",
      prompt: from("story", ({ logline }) => logline),
      params: {
        mood: from("story", ({ music }) => music.mood),
        tempo: from("story", ({ music }) => music.tempo),
        key: from("story", ({ music }) => music.key),
        durationSeconds: from("story", lengthOf),
        seed: from("input", ({ seed }) => seed),
      },
    })
    .step(local.compose, {
      name: "film",
      type: "compose",
      model: "film",
      inputs: { clip: ["clip-1", "clip-2", "clip-3"], narration: "narration", music: "music" },
    });
}

/** For `genblaze run --module examples/film/pipeline.ts#film --input '{"sentence":"...","seed":7}'`, under tsx. */
export const film = filmPipeline();
