/** Smooth noise over the plane, roughly in [0, 1]. */
export type Noise = (x: number, y: number) => number;

const GRID = 256;

/** Value noise with a smooth step between the points of a 256 x 256 grid; repeats after 256 units. */
export function createNoise(seed: number): Noise {
  const values = noiseGrid(seed);
  return (x, y) => {
    const column = Math.floor(x);
    const row = Math.floor(y);
    const u = smooth(x - column);
    const v = smooth(y - row);
    const left = column & 255;
    const right = (column + 1) & 255;
    const top = (row & 255) << 8;
    const bottom = ((row + 1) & 255) << 8;
    const upper = (values[top | left] ?? 0) * (1 - u) + (values[top | right] ?? 0) * u;
    const lower = (values[bottom | left] ?? 0) * (1 - u) + (values[bottom | right] ?? 0) * u;
    return upper * (1 - v) + lower * v;
  };
}

/** Sums octaves of a noise, each twice as fine and half as strong; result in [0, 1]. */
export function fractal(noise: Noise, x: number, y: number, octaves: number): number {
  let sum = 0;
  let weight = 0.5;
  let total = 0;
  let scale = 1;
  for (let octave = 0; octave < octaves; octave++) {
    sum += weight * noise(x * scale + octave * 17.3, y * scale + octave * 9.7);
    total += weight;
    weight *= 0.5;
    scale *= 2.03;
  }
  return sum / total;
}

/** 0 below `from`, 1 above `to`, smooth between; `from` may be the greater. */
export function smoothStep(from: number, to: number, value: number): number {
  const position = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return smooth(position);
}

function smooth(position: number): number {
  return position * position * (3 - 2 * position);
}

function noiseGrid(seed: number): Float32Array {
  const values = new Float32Array(GRID * GRID);
  let state = seed | 0 || 1;
  for (let index = 0; index < values.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[index] = (state >>> 0) / 4294967296;
  }
  return values;
}
