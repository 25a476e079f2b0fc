import type { Guard } from "@genblaze/core/guards";
import { checkAssets, type Finding } from "./check-assets.js";
import { measurePeak } from "./measure-peak.js";
import { readNumberOption } from "./number-option.js";
import { isWav, readWavSamples } from "./wav-samples.js";

export interface SilentAudioOptions {
  /** How loud the loudest sample must be, in decibels below full scale. @default -60 */
  readonly minPeakDb?: number | undefined;
}

/**
 * Refuses sounds in which nothing can be heard: no sample, none as loud as asked for, or one value all the time; and
 * WAV files that are damaged. WAV with whole samples of 8, 16, 24 or 32 bits or float samples of 32 or 64 is listened
 * to; other sounds and films are let pass with a warning. The reason says what was measured. INVALID_OPTION for a peak
 * that is not from -200 to 0.
 *
 * @example
 * silentAudio({ minPeakDb: -40 });
 */
export function silentAudio(options: SilentAudioOptions = {}): Guard {
  const where = "silentAudio(options)";
  const minPeakDb = readNumberOption(options, "minPeakDb", { min: -200, max: 0, fallback: -60, where });
  return {
    name: "silent audio",
    checkOutput: (check) => checkAssets(check, ["audio", "video"], (bytes) => judge(bytes, minPeakDb)),
  };
}

function judge(bytes: Uint8Array, minPeakDb: number): Finding {
  if (!isWav(bytes)) return { kind: "gap", text: "was not listened to, since it is no WAV file" };
  const reading = readWavSamples(bytes);
  if (reading.kind === "unknown") return { kind: "gap", text: `was not listened to: ${reading.problem}` };
  if (reading.kind === "damaged") return { kind: "wrong", text: `is damaged: ${reading.problem}` };
  const peak = measurePeak(bytes, reading.samples, minPeakDb);
  if (peak.kind === "enough") return undefined;
  return { kind: "wrong", text: `is silent: ${describe(peak.peakDb, peak.sampleCount, minPeakDb)}` };
}

function describe(peakDb: number, sampleCount: number, minPeakDb: number): string {
  if (sampleCount === 0) return "it has no samples";
  if (peakDb === Number.NEGATIVE_INFINITY) return "no sample differs from the others of its channel";
  return `its peak is ${peakDb.toFixed(1)} dB; at least ${minPeakDb} dB is expected`;
}
