import { writeWav } from "../wav/wav.js";
import { planSpeech, type SpeechPlan, type TimedWord, type Voice } from "./plan-speech.js";
import { synthesise } from "./synthesise.js";

/** A line to speak and when it begins. */
export interface SpeechLine {
  readonly text: string;
  readonly startSeconds: number;
}

export interface SpeechJob {
  readonly lines: readonly SpeechLine[];
  readonly voice: Voice;
  /** Length of the whole; later sound is cut, earlier is filled with silence. */
  readonly durationSeconds: number | undefined;
}

/** A line with its true times. */
export interface SpokenLine {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface SpokenText {
  readonly wav: Uint8Array;
  readonly durationSeconds: number;
  readonly words: readonly TimedWord[];
  readonly lines: readonly SpokenLine[];
}

/** Samples per second of the spoken wav. */
export const SPEECH_SAMPLE_RATE = 24_000;
const MAX_SECONDS = 600;
/** The fastest a line is spoken to end before the next one. */
const MAX_HURRY = 1.45;

/** Speaks lines, each at its own time; a line that would run into the next is spoken faster, then moved back. */
export function speak(job: SpeechJob): SpokenText {
  const placed = placeLines(job);
  const last = placed.reduce((end, line) => Math.max(end, line.start + line.plan.durationSeconds), 0);
  const durationSeconds = Math.min(MAX_SECONDS, job.durationSeconds ?? last + 0.1);
  const samples = new Float32Array(Math.round(durationSeconds * SPEECH_SAMPLE_RATE));
  for (const line of placed) {
    const spoken = synthesise(line.plan, line.voice, SPEECH_SAMPLE_RATE);
    const from = Math.round(line.start * SPEECH_SAMPLE_RATE);
    samples.set(spoken.subarray(0, Math.max(0, samples.length - from)), Math.min(from, samples.length));
  }
  const shift = (time: number): number => Math.round(Math.min(time, durationSeconds) * 1000) / 1000;
  return {
    wav: writeWav([samples], SPEECH_SAMPLE_RATE),
    durationSeconds: samples.length / SPEECH_SAMPLE_RATE,
    words: placed.flatMap((line) =>
      line.plan.words.map((word) => ({
        word: word.word,
        start: shift(line.start + word.start),
        end: shift(line.start + word.end),
      })),
    ),
    lines: placed.map((line) => ({
      text: line.text,
      start: shift(line.start),
      end: shift(line.start + line.plan.durationSeconds),
    })),
  };
}

interface PlacedLine {
  readonly text: string;
  readonly start: number;
  readonly plan: SpeechPlan;
  readonly voice: Voice;
}

function placeLines(job: SpeechJob): readonly PlacedLine[] {
  const placed: PlacedLine[] = [];
  let free = 0;
  for (const [index, line] of job.lines.entries()) {
    const limit = job.lines[index + 1]?.startSeconds ?? job.durationSeconds;
    const relaxed = planSpeech(line.text, job.voice);
    const room = limit === undefined ? Number.POSITIVE_INFINITY : limit - Math.max(free, line.startSeconds);
    const hurry = Math.min(MAX_HURRY, Math.max(1, relaxed.durationSeconds / Math.max(0.5, room - 0.1)));
    const voice = { ...job.voice, rate: job.voice.rate * hurry };
    const plan = hurry > 1 ? planSpeech(line.text, voice) : relaxed;
    const start = Math.max(free, line.startSeconds);
    placed.push({ text: line.text, start, plan, voice });
    free = start + plan.durationSeconds;
  }
  return placed;
}
