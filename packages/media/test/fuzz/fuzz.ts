import { findLawBreach } from "@genblaze/contract";
import type { MediaHandler } from "@genblaze/core";
import { embedText } from "../../../contract/src/media-law.js";
import { createRandom } from "../../../contract/src/mutate.js";
import { mediaHandlers } from "../../src/media-handlers.js";
import { flacSamples } from "../flac-samples.js";
import { badRows, embedRows, goldenBytes } from "../golden-rows.js";
import { jpegSamples } from "../jpeg-samples.js";
import { openM4aSamples } from "../m4a-samples.js";
import { mp4Samples, pngSamples, wavSamples } from "../made-samples.js";
import { mp3Samples } from "../mp3-samples.js";
import { webpSamples } from "../webp-samples.js";
import { mutateFile } from "./mutations.js";
import { below, type Random } from "./random.js";

/** A file to change, and the handler that it is given to however it is changed. */
interface FuzzSample {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly handler: MediaHandler;
}

/** One case: how it was made, and what was wrong. */
export interface FuzzFailure {
  readonly index: number;
  readonly sample: string;
  readonly breach: string;
}

export interface FuzzOptions {
  readonly cases: number;
  readonly seed: number;
  /** Called after every case with how long it took. */
  readonly onCase?: (index: number, sample: string, elapsedMs: number) => void;
}

/** Larger files repeat what smaller ones show, and take long. */
const MAX_SAMPLE_BYTES = 40_000;
/** Files up to this size are cut at every offset. */
const MAX_CUT_BYTES = 1500;

/**
 * Gives handlers changed files and looks at what they make of them: a lawful result or a `GenblazeError`. A quarter
 * of the cases cuts small files, at every offset when there are enough cases; the others change any file at random.
 * The same seed and number of cases give the same files.
 */
export async function fuzzMedia({ cases, seed, onCase }: FuzzOptions): Promise<readonly FuzzFailure[]> {
  const samples = await fuzzSamples();
  const cuts = samples
    .filter(({ bytes }) => bytes.length <= MAX_CUT_BYTES)
    .flatMap((sample) => Array.from({ length: sample.bytes.length }, (_, end) => ({ sample, end })));
  const cutCount = Math.min(cuts.length, Math.floor(cases / 4));
  const failures: FuzzFailure[] = [];
  for (let index = 0; index < cases; index += 1) {
    const cut = index < cutCount ? cuts[Math.floor((index * cuts.length) / cutCount)] : undefined;
    const random = createRandom(Math.imul(seed, 0x9e3779b1) + index);
    const sample = cut?.sample ?? samples[index % samples.length];
    if (sample === undefined) throw new Error("there is no sample to change");
    const bytes = cut === undefined ? mutateFile(sample.bytes, random) : sample.bytes.slice(0, cut.end);
    const startedAt = performance.now();
    const breach = await findLawBreach(handlerFor(sample, bytes, random), bytes);
    onCase?.(index, sample.name, performance.now() - startedAt);
    if (breach !== undefined) failures.push({ index, sample: sample.name, breach });
  }
  return failures;
}

/** Mostly the handler of the sample; sometimes the one that the changed bytes ask for, or any other. */
function handlerFor({ handler }: FuzzSample, bytes: Uint8Array, random: Random): MediaHandler {
  const other = random();
  if (other < 0.9) return handler;
  if (other < 0.97) return mediaHandlers.find((each) => each.matches(bytes.subarray(0, 64))) ?? handler;
  return mediaHandlers[below(mediaHandlers.length, random)] ?? handler;
}

/** Golden originals, what Python embedded, odd files, and what tests make; each plain and with a manifest of ours. */
async function fuzzSamples(): Promise<readonly FuzzSample[]> {
  const golden = embedRows.flatMap(({ original, embedded, mime }) =>
    [original, ...(embedded === undefined ? [] : [embedded])].map((name) => ({ name, mime })),
  );
  const files = [...golden, ...badRows.map(({ file, mime }) => ({ name: file, mime }))].map(({ name, mime }) => ({
    name,
    bytes: goldenBytes(name),
    mime,
  }));
  const made = Object.entries(madeSamples).flatMap(([mime, samples]) => samples.map((sample) => ({ ...sample, mime })));
  const plain = [...files, ...made]
    .filter(({ bytes }) => bytes.length <= MAX_SAMPLE_BYTES)
    .flatMap(({ name, bytes, mime }) => {
      const handler = mediaHandlers.find(({ mediaTypes }) => mediaTypes.includes(mime));
      return handler === undefined ? [] : [{ name: `${mime} ${name}`, bytes, handler }];
    });
  const samples: FuzzSample[] = [...plain];
  for (const { name, bytes, handler } of plain) {
    const embedded = await embedText(handler, bytes, '{"fuzz":[1,2,3]}').catch(() => undefined);
    if (embedded !== undefined) samples.push({ name: `${name}, embedded`, bytes: embedded, handler });
  }
  return samples;
}

const madeSamples = {
  "image/png": pngSamples,
  "image/jpeg": jpegSamples,
  "image/webp": webpSamples,
  "video/mp4": mp4Samples,
  "audio/mp4": openM4aSamples,
  "audio/mpeg": mp3Samples,
  "audio/wav": wavSamples,
  "audio/flac": flacSamples,
};
