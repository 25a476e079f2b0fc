import { createSilence, type StereoSound } from "../wav/stereo-sound.js";
import { arrange, type Note, type ScorePlan } from "./arrange.js";
import { createVoice, soundingSeconds } from "./instruments.js";
import { addReverb } from "./reverb.js";

const SAMPLE_RATE = 44_100;
const FADE_IN_SECONDS = 0.6;
const FADE_OUT_SECONDS = 1.8;
/** Loudest sample of the finished piece. */
const PEAK = 0.7;

/** Plays a score: notes, room, fades, level. */
export function renderScore(plan: ScorePlan, onProgress: (fraction: number) => void): StereoSound {
  const sound = createSilence(plan.durationSeconds, SAMPLE_RATE);
  const notes = arrange(plan);
  for (const [index, note] of notes.entries()) {
    playNote(sound, note, index);
    if (index % 24 === 23) onProgress((index / notes.length) * 0.85);
  }
  addReverb(sound, plan.mood.room);
  finish(sound);
  return sound;
}

function playNote(sound: StereoSound, note: Note, index: number): void {
  const voice = createVoice(note, index * 7919 + 1);
  const from = Math.round(note.seconds * SAMPLE_RATE);
  const count = Math.min(Math.round(soundingSeconds(note) * SAMPLE_RATE), sound.left.length - from);
  const angle = ((note.place + 1) * Math.PI) / 4;
  const left = Math.cos(angle) * note.loudness;
  const right = Math.sin(angle) * note.loudness;
  const tail = Math.min(count, 600);
  for (let step = 0; step < count; step++) {
    const sample = voice(step / SAMPLE_RATE) * Math.min(1, (count - step) / tail);
    const at = from + step;
    sound.left[at] = (sound.left[at] ?? 0) + sample * left;
    sound.right[at] = (sound.right[at] ?? 0) + sample * right;
  }
}

function finish(sound: StereoSound): void {
  const length = sound.left.length;
  let peak = 1e-6;
  for (const channel of [sound.left, sound.right]) {
    for (let index = 0; index < length; index++) {
      const opening = Math.min(1, index / (FADE_IN_SECONDS * SAMPLE_RATE));
      const closing = Math.min(1, (length - index) / (FADE_OUT_SECONDS * SAMPLE_RATE));
      const sample = Math.tanh((channel[index] ?? 0) * 0.9) * opening * closing * closing;
      channel[index] = sample;
      peak = Math.max(peak, Math.abs(sample));
    }
  }
  const gain = PEAK / peak;
  for (const channel of [sound.left, sound.right])
    for (let index = 0; index < length; index++) channel[index] = (channel[index] ?? 0) * gain;
}
