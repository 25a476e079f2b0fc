import { createRandom } from "../random/seeded-random.js";
import type { PlannedSound, SpeechPlan, Voice } from "./plan-speech.js";
import { createResonator } from "./resonator.js";
import { createTracks, type SpeechTracks } from "./speech-tracks.js";

/** Speaks a plan: a glottal pulse and breath through a cascade of formants, friction beside it. */
export function synthesise(plan: SpeechPlan, voice: Voice, sampleRate: number): Float32Array {
  const tracks = createTracks(plan, voice);
  const voiced = speakVoice(tracks, plan, sampleRate);
  addFriction(voiced, plan.sounds, sampleRate);
  return normalise(voiced);
}

function speakVoice(tracks: SpeechTracks, plan: SpeechPlan, sampleRate: number): Float32Array {
  const random = createRandom("breath");
  const length = Math.ceil(plan.durationSeconds * sampleRate);
  const out = new Float32Array(length);
  const cascade = [0, 1, 2, 3, 4].map(() => createResonator(sampleRate));
  const tilt = createResonator(sampleRate);
  tilt.tune(0, 5200);
  let phase = 0;
  let before = 0;
  let jitter = 1;
  for (let index = 0; index < length; index++) {
    const step = Math.min(tracks.count - 1, Math.floor((index / sampleRate) * tracks.perSecond));
    if (index % 60 === 0) tuneCascade(cascade, tracks, step);
    phase += ((tracks.pitch[step] ?? 100) * jitter) / sampleRate;
    if (phase >= 1) {
      phase -= 1;
      jitter = 1 + (random.next() - 0.5) * 0.016;
    }
    const pulse = tilt.run(glottalFlow(phase) - before);
    before = glottalFlow(phase);
    const noise = random.next() * 2 - 1;
    const openness = phase < 0.6 ? 1 : 0.35;
    let sample =
      pulse * 26 * (tracks.voicing[step] ?? 0) +
      noise * ((tracks.breath[step] ?? 0) * 0.34 + 0.02 * (tracks.voicing[step] ?? 0)) * openness;
    for (const resonator of cascade) sample = resonator.run(sample);
    out[index] = sample;
  }
  return out;
}

function tuneCascade(
  cascade: readonly { tune(frequency: number, bandwidth: number): void }[],
  tracks: SpeechTracks,
  step: number,
): void {
  const f1 = tracks.f1[step] ?? 500;
  cascade[0]?.tune(f1, 55 + f1 * 0.05 + (tracks.nasality[step] ?? 0) * 120);
  cascade[1]?.tune(tracks.f2[step] ?? 1500, 85 + (tracks.nasality[step] ?? 0) * 160);
  cascade[2]?.tune(tracks.f3[step] ?? 2500, 140);
  cascade[3]?.tune(tracks.f4, 260);
  cascade[4]?.tune(tracks.f4 * 1.22, 340);
}

/** Rosenberg's pulse: opens slowly, closes fast. */
function glottalFlow(phase: number): number {
  if (phase < 0.42) return 0.5 - 0.5 * Math.cos((Math.PI * phase) / 0.42);
  if (phase < 0.6) return Math.cos((Math.PI / 2) * ((phase - 0.42) / 0.18));
  return 0;
}

function addFriction(out: Float32Array, sounds: readonly PlannedSound[], sampleRate: number): void {
  const random = createRandom("friction");
  for (const sound of sounds) {
    if (sound.phoneme.noise === undefined || sound.name === "HH") continue;
    const [center, width, strength] = sound.phoneme.noise;
    const first = createResonator(sampleRate);
    const second = createResonator(sampleRate);
    first.tune(Math.min(center, sampleRate * 0.46), width);
    second.tune(Math.min(center * 1.25, sampleRate * 0.47), width * 1.4);
    const isStop = sound.phoneme.kind === "stop";
    const isAffricate = sound.name === "CH" || sound.name === "JH";
    const begin = sound.startSeconds + (isStop ? sound.seconds * (isAffricate ? 0.42 : 0.58) : -0.012);
    const seconds = isStop
      ? Math.max(isAffricate ? 0.062 : 0.016, sound.seconds * (isAffricate ? 0.56 : 0.24))
      : sound.seconds + 0.024;
    const count = Math.floor(seconds * sampleRate);
    const from = Math.floor(begin * sampleRate);
    let last = 0;
    for (let index = 0; index < count; index++) {
      const share = index / count;
      const shape = isStop && !isAffricate ? (1 - share) ** 1.5 : Math.min(1, share * 5, (1 - share) * 4);
      const band = first.run(random.next() * 2 - 1) * 0.6 + second.run(random.next() * 2 - 1) * 0.4;
      const sample = band - last * 0.7;
      last = band;
      const at = from + index;
      if (at >= 0 && at < out.length)
        out[at] = (out[at] ?? 0) + sample * shape * strength * frictionGain(width, sampleRate);
    }
  }
}

/** Evens out that a narrow band of noise carries less energy. */
function frictionGain(width: number, sampleRate: number): number {
  return 0.34 * Math.sqrt(sampleRate / 2 / width);
}

/** Takes off the offset, softens the peaks and brings the level to -3 dB. */
function normalise(sound: Float32Array): Float32Array {
  let low = 0;
  let power = 0;
  for (let index = 0; index < sound.length; index++) {
    low += ((sound[index] ?? 0) - low) * 0.01;
    sound[index] = (sound[index] ?? 0) - low;
    power += (sound[index] ?? 0) ** 2;
  }
  const gain = 0.17 / (Math.sqrt(power / Math.max(1, sound.length)) || 1);
  for (let index = 0; index < sound.length; index++) sound[index] = Math.tanh((sound[index] ?? 0) * gain * 1.1) * 0.74;
  return sound;
}
