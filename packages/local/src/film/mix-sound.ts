import { createSilence, type StereoSound } from "../wav/stereo-sound.js";

/** A sound and where in the film it begins. */
export interface Cue {
  readonly sound: StereoSound;
  readonly startSeconds: number;
}

export interface MixOptions {
  readonly durationSeconds: number;
  readonly music: readonly StereoSound[];
  readonly voices: readonly Cue[];
  readonly musicVolume: number;
  readonly voiceVolume: number;
}

const SAMPLE_RATE = 44_100;
/** How far the music goes down under a voice. */
const DUCKED = 0.5;
const DUCK_SECONDS = 0.25;

/** Mixes music and voices to the film's length; the music steps back while a voice speaks. */
export function mixSound(options: MixOptions): StereoSound {
  const film = createSilence(options.durationSeconds, SAMPLE_RATE);
  for (const music of options.music) addSound(film, { sound: music, startSeconds: 0 }, options.musicVolume);
  duck(film, options.voices);
  for (const voice of options.voices) addSound(film, voice, options.voiceVolume);
  limit(film);
  return film;
}

/** Adds a sound, resampled linearly between its samples. */
function addSound(film: StereoSound, cue: Cue, volume: number): void {
  const { sound } = cue;
  const ratio = sound.sampleRate / SAMPLE_RATE;
  const from = Math.round(cue.startSeconds * SAMPLE_RATE);
  const count = Math.min(film.left.length - from, Math.floor((sound.left.length - 1) / ratio));
  for (let index = 0; index < count; index++) {
    const position = index * ratio;
    const before = Math.floor(position);
    const share = position - before;
    const at = from + index;
    film.left[at] = (film.left[at] ?? 0) + volume * between(sound.left, before, share);
    film.right[at] = (film.right[at] ?? 0) + volume * between(sound.right, before, share);
  }
}

function between(samples: Float32Array, before: number, share: number): number {
  const first = samples[before] ?? 0;
  return first + ((samples[before + 1] ?? first) - first) * share;
}

/** Follows the loudness of the voices and lowers what is there already. */
function duck(film: StereoSound, voices: readonly Cue[]): void {
  const speaking = new Float32Array(film.left.length);
  for (const voice of voices) {
    const ratio = voice.sound.sampleRate / SAMPLE_RATE;
    const from = Math.round(voice.startSeconds * SAMPLE_RATE);
    const count = Math.min(speaking.length - from, Math.floor(voice.sound.left.length / ratio));
    for (let index = 0; index < count; index++) {
      if (Math.abs(voice.sound.left[Math.floor(index * ratio)] ?? 0) > 0.02) speaking[from + index] = 1;
    }
  }
  const step = 1 / (DUCK_SECONDS * SAMPLE_RATE);
  let hold = 0;
  let depth = 0;
  for (let index = 0; index < speaking.length; index++) {
    hold = speaking[index] === 1 ? 0.5 * SAMPLE_RATE : hold - 1;
    depth = hold > 0 ? Math.min(1, depth + step) : Math.max(0, depth - step * 0.5);
    const gain = 1 - (1 - DUCKED) * depth;
    film.left[index] = (film.left[index] ?? 0) * gain;
    film.right[index] = (film.right[index] ?? 0) * gain;
  }
}

function limit(film: StereoSound): void {
  for (const channel of [film.left, film.right]) {
    for (let index = 0; index < channel.length; index++) {
      const sample = channel[index] ?? 0;
      const size = Math.abs(sample);
      if (size > 0.8) channel[index] = Math.sign(sample) * (0.8 + 0.17 * Math.tanh((size - 0.8) / 0.17));
    }
  }
}
