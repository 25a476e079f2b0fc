import type { InputAsset, JsonValue, Provider, StepRequest } from "@genblaze/core/provider";
import { type CaptionLine, linesFromWords, writeVtt } from "../film/captions.js";
import { runJob } from "../worker/run-job.js";
import { free } from "./free.js";
import { invalidInput, isObject, readParams } from "./params.js";

/** Parameters of `film`. */
export interface FilmParams {
  /** Where each narration begins, in the order of the inputs. @default one narration at 0, several at the clips' beginnings */
  readonly cues?: readonly number[];
  /** 0 to 2. @default 0.75 */
  readonly musicVolume?: number;
  /** 0 to 2. @default 1 */
  readonly narrationVolume?: number;
}

interface Body {
  readonly clips: readonly InputAsset[];
  readonly music: readonly InputAsset[];
  readonly voices: readonly { readonly input: InputAsset; readonly startSeconds: number }[];
  readonly durationSeconds: number;
  readonly musicVolume: number;
  readonly voiceVolume: number;
}

const MAX_CLIPS = 100;

/** The cutter: clips in a row, music under the narration, captions beside the film. */
export function createLocalCompose(): Provider<"video", "video" | "audio", { readonly film: FilmParams }, Body> {
  return {
    name: "local-compose",
    account: "local",
    yields: "video",
    alsoYields: ["text"],
    accepts: ["video", "audio"],
    knownModelsOnly: true,
    models: { film: { description: "Joins H.264 clips, mixes the sound and writes captions.", price: free } },
    // Making it again is free.
    honoursIdempotencyKey: true,
    prepare: (request) => {
      const params = readParams("film", request);
      const clips = clipsOf(request);
      const { narrations, music } = soundsOf(request);
      const starts = startsOf(clips);
      const cues = params.list("cues")?.map(readCue) ?? (narrations.length > 1 ? starts : [0]);
      const body = {
        clips,
        music,
        voices: narrations.map((input, index) => ({ input, startSeconds: cues[index] ?? starts[index] ?? 0 })),
        durationSeconds: clips.reduce((sum, { asset }) => sum + (asset.duration ?? 0), 0),
        musicVolume: params.number("musicVolume", { min: 0, max: 2, fallback: 0.75 }),
        voiceVolume: params.number("narrationVolume", { min: 0, max: 2, fallback: 1 }),
      };
      return { body, warnings: params.warnings() };
    },
    submit: async ({ body }, context) => {
      const readAll = (inputs: readonly InputAsset[]): Promise<Uint8Array[]> =>
        Promise.all(inputs.map((input) => input.read()));
      const clips = await readAll(body.clips);
      const music = await readAll(body.music);
      const voices = await Promise.all(
        body.voices.map(async ({ input, startSeconds }) => ({ wav: await input.read(), startSeconds })),
      );
      const { durationSeconds, musicVolume, voiceVolume } = body;
      const bytes = await runJob(
        { kind: "film", input: { clips, music, voices, durationSeconds, musicVolume, voiceVolume } },
        context,
      );
      const captions = new TextEncoder().encode(writeVtt(captionsOf(body)));
      return {
        status: "done",
        output: {
          assets: [
            { mediaType: "video/mp4", bytes, durationSeconds, ...filmFacts(body) },
            { mediaType: "text/vtt", bytes: captions, metadata: { kind: "captions", language: "en" } },
          ],
          modelVersion: "film-1",
        },
      };
    },
  };
}

function filmFacts({ clips }: Body) {
  const first = clips[0]?.asset;
  const size =
    first?.width != null && first.height != null
      ? { width: Number(first.width), height: Number(first.height) }
      : undefined;
  return {
    ...size,
    video: {
      codec: "h264",
      hasAudio: true,
      colorSpace: "bt709",
      frameRate: first?.video?.frameRate ?? null,
      resolution: size === undefined ? null : `${size.width}x${size.height}`,
    },
    audio: { codec: "aac", sampleRate: 44_100, channels: 2 },
    tracks: [
      { kind: "video", codec: "h264", label: null },
      { kind: "audio", codec: "aac", label: null },
    ],
  };
}

function clipsOf(request: StepRequest): readonly InputAsset[] {
  const clips = request.inputs.filter(({ asset }) => asset.mediaType === "video/mp4");
  if (clips.length === 0) throw invalidInput("film needs at least one mp4 clip: give the step a video step as input.");
  if (clips.length > MAX_CLIPS) throw invalidInput(`film takes at most ${MAX_CLIPS} clips; got ${clips.length}.`);
  for (const { asset, step } of clips) {
    if (asset.duration === null) throw invalidInput(`film: the clip of step "${step}" does not say how long it is.`);
    const [first] = clips;
    if (asset.width !== first?.asset.width || asset.height !== first.asset.height)
      throw invalidInput(`film: the clip of step "${step}" has another size than the first one.`);
  }
  return clips;
}

/** Music is what is called music, by role, metadata or step name; every other sound is narration. */
function soundsOf(request: StepRequest): {
  readonly narrations: readonly InputAsset[];
  readonly music: readonly InputAsset[];
} {
  const sounds = request.inputs.filter(({ asset }) => asset.mediaType.startsWith("audio/"));
  for (const { asset, step } of sounds) {
    if (!/wav/.test(asset.mediaType))
      throw invalidInput(`film mixes wav only; the sound of step "${step}" is ${asset.mediaType}.`);
  }
  const isMusic = ({ role, step, asset }: InputAsset): boolean => {
    if (role !== undefined && /music|narration|voice|speech/i.test(role)) return /music/i.test(role);
    return asset.metadata.sound === "music" || (asset.metadata.sound === undefined && /music|score/i.test(step));
  };
  return { narrations: sounds.filter((sound) => !isMusic(sound)), music: sounds.filter(isMusic) };
}

function startsOf(clips: readonly InputAsset[]): readonly number[] {
  let at = 0;
  return clips.map(({ asset }) => {
    const start = at + 0.4;
    at += asset.duration ?? 0;
    return start;
  });
}

function readCue(value: JsonValue, index: number): number {
  if (typeof value === "number" && value >= 0 && value <= 3600) return value;
  throw invalidInput(`film: params.cues[${index}] must be seconds from 0 to 3600; got ${JSON.stringify(value)}.`);
}

function captionsOf(body: Body): readonly CaptionLine[] {
  return body.voices.flatMap(({ input, startSeconds }) => {
    const lines = spokenLines(input.asset.metadata.lines) ?? linesFromWords(input.asset.audio?.wordTimings ?? []);
    return lines.map((line) => ({
      text: line.text,
      start: line.start + startSeconds,
      end: Math.min(body.durationSeconds, line.end + startSeconds),
    }));
  });
}

/** The lines that the speaker noted, when they look like lines. */
function spokenLines(value: JsonValue | undefined): readonly CaptionLine[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const lines = value.flatMap((entry: JsonValue) => {
    const { text, start, end } = isObject(entry) ? entry : {};
    return typeof text === "string" && typeof start === "number" && typeof end === "number"
      ? [{ text, start, end }]
      : [];
  });
  return lines.length === value.length ? lines : undefined;
}
