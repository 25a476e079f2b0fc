import type { JsonValue, Provider } from "@genblaze/core/provider";
import type { Voice } from "../speech/plan-speech.js";
import { SPEECH_SAMPLE_RATE, type SpeechJob, type SpeechLine } from "../speech/speak.js";
import { runJob } from "../worker/run-job.js";
import { free } from "./free.js";
import { invalidInput, isObject, readParams, requirePrompt } from "./params.js";

/** Parameters of `formant`. */
export interface FormantParams {
  /** @default "warm" */
  readonly voice?: "warm" | "bright" | "deep";
  /** 0.5 to 2. @default 1 */
  readonly rate?: number;
  /** Length of the wav, 0.5 to 600. @default as long as the words need */
  readonly durationSeconds?: number;
  /** Lines with the times they begin at; the prompt is then only their summary. */
  readonly lines?: readonly { readonly text: string; readonly startSeconds: number }[];
}

const VOICES: Readonly<Record<"warm" | "bright" | "deep", Voice>> = {
  warm: { pitch: 116, rate: 1.16, size: 1 },
  bright: { pitch: 182, rate: 1.18, size: 1.14 },
  deep: { pitch: 90, rate: 1.08, size: 0.94 },
};

/** The speaker: a formant synthesiser for English that also tells when each word is heard. */
export function createLocalSpeech(): Provider<"audio", never, { readonly formant: FormantParams }, SpeechJob> {
  return {
    name: "local-speech",
    account: "local",
    yields: "audio",
    accepts: [],
    knownModelsOnly: true,
    models: {
      formant: { description: "Speaks English by formant synthesis: a robot's voice, but words.", price: free },
    },
    // Making it again is free.
    honoursIdempotencyKey: true,
    prepare: (request) => {
      const params = readParams("formant", request);
      const voice = VOICES[params.choice("voice", ["warm", "bright", "deep"], "warm")];
      const rate = params.number("rate", { min: 0.5, max: 2, fallback: 1 });
      const durationSeconds = params.number("durationSeconds", { min: 0.5, max: 600, fallback: 0 });
      const lines = params.list("lines")?.map(readLine) ?? [
        { text: requirePrompt("formant", request), startSeconds: 0 },
      ];
      const body = {
        lines,
        voice: { ...voice, rate: voice.rate * rate },
        durationSeconds: durationSeconds || undefined,
      };
      return { body, warnings: params.warnings() };
    },
    submit: async ({ body }, context) => {
      const spoken = await runJob({ kind: "speech", input: body }, context);
      const wordTimings = spoken.words.map((word) => ({ ...word, confidence: 1 }));
      const audio = { sampleRate: SPEECH_SAMPLE_RATE, channels: 1, codec: "pcm_s16le", wordTimings };
      const metadata = { sound: "narration", lines: spoken.lines.map((line) => ({ ...line })) };
      return {
        status: "done",
        output: {
          assets: [
            { mediaType: "audio/wav", bytes: spoken.wav, durationSeconds: spoken.durationSeconds, audio, metadata },
          ],
          modelVersion: "formant-1",
        },
      };
    },
  };
}

function readLine(value: JsonValue, index: number): SpeechLine {
  const { text, startSeconds } = isObject(value) ? value : {};
  if (typeof text !== "string" || text.length > 4000)
    throw invalidInput(`formant: params.lines[${index}].text must be a text of at most 4000 characters.`);
  if (typeof startSeconds !== "number" || !(startSeconds >= 0 && startSeconds <= 600)) {
    throw invalidInput(
      `formant: params.lines[${index}].startSeconds must be a number from 0 to 600; got ${JSON.stringify(startSeconds)}.`,
    );
  }
  return { text, startSeconds };
}
