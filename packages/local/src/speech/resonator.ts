/** A two-pole filter: one formant. */
export interface Resonator {
  tune(frequency: number, bandwidth: number): void;
  run(sample: number): number;
}

/** Makes a resonator with gain 1 at 0 Hz (Klatt 1980, section I.A). */
export function createResonator(sampleRate: number): Resonator {
  let a = 1;
  let b = 0;
  let c = 0;
  let first = 0;
  let second = 0;
  return {
    tune: (frequency, bandwidth) => {
      c = -Math.exp((-2 * Math.PI * bandwidth) / sampleRate);
      b = 2 * Math.exp((-Math.PI * bandwidth) / sampleRate) * Math.cos((2 * Math.PI * frequency) / sampleRate);
      a = 1 - b - c;
    },
    run: (sample) => {
      const out = a * sample + b * first + c * second;
      second = first;
      first = out;
      return out;
    },
  };
}
