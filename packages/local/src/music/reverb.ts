import type { StereoSound } from "../wav/stereo-sound.js";

const COMBS = [1557, 1617, 1491, 1422, 1277, 1356] as const;
const ALLPASSES = [225, 556, 441] as const;

/** Adds a room to a sound (Schroeder's combs and allpasses, damped like Moorer's), in place. */
export function addReverb(sound: StereoSound, share: number): void {
  const left = roomOf(sound.left, sound.right, 0, sound.sampleRate);
  const right = roomOf(sound.right, sound.left, 23, sound.sampleRate);
  for (let index = 0; index < left.length; index++) {
    sound.left[index] = (sound.left[index] ?? 0) * (1 - share * 0.35) + (left[index] ?? 0) * share;
    sound.right[index] = (sound.right[index] ?? 0) * (1 - share * 0.35) + (right[index] ?? 0) * share;
  }
}

function roomOf(near: Float32Array, far: Float32Array, spread: number, sampleRate: number): Float32Array {
  const scale = sampleRate / 44100;
  let room = new Float32Array(near.length);
  for (const size of COMBS) comb(near, far, room, Math.round((size + spread) * scale));
  for (const size of ALLPASSES) room = allpass(room, Math.round((size + spread) * scale));
  return room;
}

function comb(near: Float32Array, far: Float32Array, out: Float32Array, size: number): void {
  const line = new Float32Array(size);
  let damped = 0;
  let at = 0;
  for (let index = 0; index < near.length; index++) {
    const delayed = line[at] ?? 0;
    damped = delayed * 0.72 + damped * 0.28;
    line[at] = (near[index] ?? 0) * 0.7 + (far[index] ?? 0) * 0.3 + damped * 0.84;
    out[index] = (out[index] ?? 0) + delayed * 0.22;
    at = at + 1 === size ? 0 : at + 1;
  }
}

function allpass(sound: Float32Array, size: number): Float32Array<ArrayBuffer> {
  const line = new Float32Array(size);
  const out = new Float32Array(sound.length);
  let at = 0;
  for (let index = 0; index < sound.length; index++) {
    const delayed = line[at] ?? 0;
    const input = (sound[index] ?? 0) + delayed * 0.5;
    line[at] = input;
    out[index] = delayed - input * 0.5;
    at = at + 1 === size ? 0 : at + 1;
  }
  return out;
}
