import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { filmPipeline } from "./pipeline.js";

export type FilmResult = Awaited<ReturnType<ReturnType<typeof filmPipeline>["run"]>>;

export interface SavedFilm {
  readonly film: string;
  /** Every file that carries the manifest. */
  readonly files: readonly string[];
}

const outputs = {
  "film.mp4": "film",
  "frame-1.png": "frame-1",
  "frame-2.png": "frame-2",
  "frame-3.png": "frame-3",
  "clip-1.mp4": "clip-1",
  "clip-2.mp4": "clip-2",
  "clip-3.mp4": "clip-3",
  "narration.wav": "narration",
  "music.wav": "music",
} as const;

/** Writes the film and what it was made of, each with the manifest inside, and the captions beside the film. */
export async function saveFilm(result: FilmResult, folder: string): Promise<SavedFilm> {
  const files: string[] = [];
  for (const [name, step] of Object.entries(outputs)) {
    const { path, method, reason } = await result.save(join(folder, name), { step });
    if (method === "sidecar") console.log(`${path}: manifest beside it, because ${reason}`);
    files.push(path);
  }
  await writeFile(join(folder, "film.vtt"), await result.step("film").bytes(1));
  return { film: join(folder, "film.mp4"), files };
}
