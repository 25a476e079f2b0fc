import { writeWav } from "../wav/wav.js";
import type { ScorePlan } from "./arrange.js";
import { renderScore } from "./render-score.js";

/** Plays a score into a stereo wav. */
export function scoreWav(plan: ScorePlan, onProgress: (fraction: number) => void): Uint8Array {
  const sound = renderScore(plan, onProgress);
  return writeWav([sound.left, sound.right], sound.sampleRate);
}
