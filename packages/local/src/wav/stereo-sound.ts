/** Sound in two channels, samples from -1 to 1. */
export interface StereoSound {
  readonly sampleRate: number;
  readonly left: Float32Array;
  readonly right: Float32Array;
}

/** Silence of a length. */
export function createSilence(durationSeconds: number, sampleRate: number): StereoSound {
  const length = Math.round(durationSeconds * sampleRate);
  return { sampleRate, left: new Float32Array(length), right: new Float32Array(length) };
}
