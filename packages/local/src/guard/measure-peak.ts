import type { WavSamples } from "./wav-samples.js";

/** The loudest sample of a file, or `enough` when one is loud enough; the rest is not read then. */
export type PeakFacts =
  | { readonly kind: "enough" }
  | {
      readonly kind: "quiet";
      /** Decibels below full scale; -Infinity when no channel ever changes. */
      readonly peakDb: number;
      readonly sampleCount: number;
    };

/** One sample as a part of full scale, -1 to 1. */
type ReadSample = (view: DataView, at: number) => number;

/**
 * Finds the peak of the samples. A channel that keeps one value makes no sound, whatever the value is; samples that
 * are no number do not count.
 */
export function measurePeak(bytes: Uint8Array, samples: WavSamples, minPeakDb: number): PeakFacts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = sampleReader(samples);
  const step = samples.bits / 8;
  const end = samples.start + samples.sizeBytes;
  const loudEnough = 10 ** (minPeakDb / 20);
  let peak = 0;
  for (let channel = 0; channel < samples.channels; channel += 1) {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let at = samples.start + channel * step; at < end; at += step * samples.channels) {
      const value = read(view, at);
      if (value < min) min = value;
      if (value > max) max = value;
      if (min < max && (max >= loudEnough || -min >= loudEnough)) return { kind: "enough" };
    }
    if (min < max) peak = Math.max(peak, max, -min);
  }
  return { kind: "quiet", peakDb: 20 * Math.log10(peak), sampleCount: samples.sizeBytes / step };
}

/** Whole samples are signed and little-endian, but those of 8 bits count from 128 (Microsoft, "Multimedia Programming Interface and Data Specifications"). */
function sampleReader({ encoding, bits }: WavSamples): ReadSample {
  if (encoding === "float") {
    return bits === 32 ? (view, at) => view.getFloat32(at, true) : (view, at) => view.getFloat64(at, true);
  }
  if (bits === 8) return (view, at) => (view.getUint8(at) - 128) / 128;
  if (bits === 16) return (view, at) => view.getInt16(at, true) / 32_768;
  if (bits === 24) return (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65_536) / 8_388_608;
  return (view, at) => view.getInt32(at, true) / 2_147_483_648;
}
