import type { PlannedSound, SpeechPlan, Voice } from "./plan-speech.js";

/** What the voice does over time, one value per step. */
export interface SpeechTracks {
  readonly count: number;
  readonly perSecond: number;
  readonly f1: Float32Array;
  readonly f2: Float32Array;
  readonly f3: Float32Array;
  readonly f4: number;
  readonly pitch: Float32Array;
  readonly voicing: Float32Array;
  readonly breath: Float32Array;
  readonly nasality: Float32Array;
}

const PER_SECOND = 400;
/** Steps over which a target melts into the next (about 35 ms to each side). */
const MELT = 14;

/** Writes every sound's targets on a time line and melts them into each other. */
export function createTracks(plan: SpeechPlan, voice: Voice): SpeechTracks {
  const count = Math.ceil(plan.durationSeconds * PER_SECOND) + 1;
  const make = (value = 0): Float32Array => new Float32Array(count).fill(value);
  const tracks = {
    f1: make(500),
    f2: make(1450),
    f3: make(2500),
    pitch: make(voice.pitch * 0.9),
    voicing: make(),
    breath: make(),
    nasality: make(),
  };
  for (const [index, sound] of plan.sounds.entries()) writeSound(tracks, sound, plan.sounds[index + 1], voice, count);
  return {
    count,
    perSecond: PER_SECOND,
    f1: melt(tracks.f1, 8),
    f2: melt(tracks.f2, MELT),
    f3: melt(tracks.f3, MELT),
    f4: 3450 * voice.size,
    pitch: melt(tracks.pitch, 22),
    voicing: melt(tracks.voicing, 4),
    breath: melt(tracks.breath, 3),
    nasality: melt(tracks.nasality, 6),
  };
}

type Lines = Omit<SpeechTracks, "count" | "perSecond" | "f4">;

function writeSound(
  lines: Lines,
  sound: PlannedSound,
  next: PlannedSound | undefined,
  voice: Voice,
  count: number,
): void {
  const { phoneme } = sound;
  const from = Math.floor(sound.startSeconds * PER_SECOND);
  const length = Math.max(1, Math.round(sound.seconds * PER_SECOND));
  const isLastBeforePause = next === undefined || next.startSeconds > sound.startSeconds + sound.seconds + 0.02;
  for (let step = 0; step < length && from + step < count; step++) {
    const share = step / length;
    const at = from + step;
    const target = phoneme.glide !== undefined && share > 0.35 ? phoneme.glide : phoneme.formants;
    lines.f1[at] = target[0] * voice.size;
    lines.f2[at] = target[1] * voice.size;
    lines.f3[at] = target[2] * voice.size;
    lines.pitch[at] = sound.pitch[0] + (sound.pitch[1] - sound.pitch[0]) * share;
    lines.voicing[at] = loudness(sound, share) * (isLastBeforePause && share > 0.6 ? 1 - (share - 0.6) * 1.8 : 1);
    lines.breath[at] =
      sound.name === "HH" ? 1 : !phoneme.isVoiced && phoneme.kind === "stop" && share > 0.68 ? 0.75 : 0;
    lines.nasality[at] = phoneme.kind === "nasal" ? 1 : 0;
  }
}

function loudness(sound: PlannedSound, share: number): number {
  const { phoneme } = sound;
  if (!phoneme.isVoiced) return 0;
  switch (phoneme.kind) {
    case "vowel":
      return 0.86 + 0.2 * sound.stress;
    case "glide":
      return 0.62;
    case "nasal":
      return 0.5;
    case "fricative":
      return 0.34;
    case "stop":
      return share < 0.7 ? 0.12 : 0.6;
    case "pause":
      return 0;
  }
}

/** Two moving means, one after the other: a smooth S between targets. */
function melt(line: Float32Array, reach: number): Float32Array {
  return movingMean(movingMean(line, reach), Math.max(1, reach >> 1));
}

function movingMean(line: Float32Array, reach: number): Float32Array {
  const out = new Float32Array(line.length);
  let sum = 0;
  const at = (index: number): number => line[Math.min(line.length - 1, Math.max(0, index))] ?? 0;
  for (let index = -reach; index <= reach; index++) sum += at(index);
  for (let index = 0; index < line.length; index++) {
    out[index] = sum / (2 * reach + 1);
    sum += at(index + reach + 1) - at(index - reach);
  }
  return out;
}
