import type { Provider } from "@genblaze/core/provider";
import type { ScorePlan } from "../music/arrange.js";
import { MOODS, rootOf } from "../music/moods.js";
import { hashText } from "../random/seeded-random.js";
import { runJob } from "../worker/run-job.js";
import { free } from "./free.js";
import { invalidInput, readParams, seedOf } from "./params.js";

/** Parameters of `score`. */
export interface ScoreParams {
  /** @default a mood named in the prompt, else calm */
  readonly mood?: "calm" | "bright" | "dreamy" | "wistful" | "tense";
  /** Beats per minute, 40 to 180. @default the mood's */
  readonly tempo?: number;
  /** Like "C" or "Bb". @default "C" */
  readonly key?: string;
  /** 0.5 to 600. @default 12 */
  readonly durationSeconds?: number;
}

const SAMPLE_RATE = 44_100;

/** The composer: chords, bass, arpeggio, a melody with a motif and soft drums. */
export function createLocalMusic(): Provider<"audio", never, { readonly score: ScoreParams }, ScorePlan> {
  return {
    name: "local-music",
    account: "local",
    yields: "audio",
    accepts: [],
    knownModelsOnly: true,
    models: { score: { description: "Composes and plays a short instrumental piece.", price: free } },
    // Making it again is free.
    honoursIdempotencyKey: true,
    prepare: (request) => {
      const params = readParams("score", request);
      const named = Object.keys(MOODS).find((name) => request.prompt?.toLowerCase().includes(name));
      const mood = MOODS[params.choice("mood", Object.keys(MOODS), named ?? "calm")];
      const key = params.text("key") ?? "C";
      const root = rootOf(key);
      if (mood === undefined || root === undefined)
        throw invalidInput(`score: params.key must be a key like C, F# or Bb; got ${JSON.stringify(key)}.`);
      const body = {
        mood,
        root,
        tempo: params.number("tempo", { min: 40, max: 180, fallback: mood.tempo }),
        durationSeconds: params.number("durationSeconds", { min: 0.5, max: 600, fallback: 12 }),
        seed: (seedOf(request) + hashText(request.prompt ?? "")) >>> 0,
      };
      return { body, warnings: params.warnings() };
    },
    submit: async ({ body }, context) => {
      const bytes = await runJob({ kind: "score", input: body }, context);
      const audio = { sampleRate: SAMPLE_RATE, channels: 2, codec: "pcm_s16le" };
      const asset = {
        mediaType: "audio/wav",
        bytes,
        durationSeconds: Math.round(body.durationSeconds * SAMPLE_RATE) / SAMPLE_RATE,
        audio,
        metadata: { sound: "music" },
      };
      return { status: "done", output: { assets: [asset], modelVersion: "score-1" } };
    },
  };
}
