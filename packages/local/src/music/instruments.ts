import { createRandom } from "../random/seeded-random.js";
import type { InstrumentName, Note } from "./arrange.js";

/** Gives the sample of a note at a time after its beginning. */
type Voice = (seconds: number) => number;

const TURN = Math.PI * 2;
/** How long a note rings on after its written end. */
const RELEASES: Readonly<Record<InstrumentName, number>> = {
  pad: 0.9,
  bass: 0.12,
  pluck: 0.7,
  bell: 1.6,
  flute: 0.25,
  kick: 0,
  shaker: 0,
};

/** Seconds that a note sounds. */
export function soundingSeconds(note: Note): number {
  return note.length + RELEASES[note.instrument];
}

/** Makes the voice that plays one note. */
export function createVoice(note: Note, seed: number): Voice {
  const frequency = 440 * 2 ** ((note.pitch - 69) / 12);
  switch (note.instrument) {
    case "pad":
      return padVoice(frequency, note.length, seed);
    case "bass":
      return bassVoice(frequency, note.length);
    case "pluck":
      return pluckVoice(frequency, 2.6);
    case "bell":
      return bellVoice(frequency);
    case "flute":
      return fluteVoice(frequency, note.length);
    case "kick":
      return (t) => Math.sin(TURN * (46 * t + 5.2 * (1 - Math.exp(-t * 26)))) * Math.exp(-t * 9);
    case "shaker":
      return shakerVoice(seed);
  }
}

function envelope(t: number, attack: number, length: number, release: number): number {
  const rise = Math.min(1, t / attack);
  const fall = t < length ? 1 : Math.max(0, 1 - (t - length) / release);
  return rise * rise * (3 - 2 * rise) * fall * fall;
}

/** Three slightly mistuned choirs of soft partials, breathing slowly. */
function padVoice(frequency: number, length: number, seed: number): Voice {
  const shift = (seed % 97) / 97;
  return (t) => {
    let sum = 0;
    for (let choir = -1; choir <= 1; choir++) {
      const turn = TURN * frequency * (1 + choir * 0.0032) * t + shift * 6 + choir;
      sum +=
        Math.sin(turn) +
        0.42 * Math.sin(2 * turn + 0.4) +
        0.2 * Math.sin(3 * turn + 1.1) +
        0.09 * Math.sin(4 * turn) * (0.5 + 0.5 * Math.sin(t * 1.7));
    }
    return sum * 0.24 * envelope(t, 0.5, length, RELEASES.pad);
  };
}

function bassVoice(frequency: number, length: number): Voice {
  return (t) => {
    const turn = TURN * frequency * t;
    const tone =
      Math.sin(turn) + 0.35 * Math.sin(2 * turn) * Math.exp(-t * 3) + 0.16 * Math.sin(3 * turn) * Math.exp(-t * 6);
    return tone * envelope(t, 0.012, length, RELEASES.bass) * (0.55 + 0.45 * Math.exp(-t * 2));
  };
}

/** A plucked string: high partials die first. */
function pluckVoice(frequency: number, decay: number): Voice {
  return (t) => {
    const turn = TURN * frequency * t;
    let sum = 0;
    for (let partial = 1; partial <= 6; partial++)
      sum += (Math.sin(partial * turn) / partial ** 1.15) * Math.exp(-t * decay * (0.6 + partial * 0.75));
    return sum * Math.min(1, t / 0.004);
  };
}

/** A struck bell or celesta: two tones that modulate each other's partials. */
function bellVoice(frequency: number): Voice {
  return (t) => {
    const strike = Math.sin(TURN * frequency * 3.5 * t) * Math.exp(-t * 7) * 1.1;
    const body = Math.sin(TURN * frequency * t + strike) * Math.exp(-t * 2.1);
    const shine = 0.22 * Math.sin(TURN * frequency * 4.01 * t) * Math.exp(-t * 5);
    return (body + shine) * Math.min(1, t / 0.003);
  };
}

function fluteVoice(frequency: number, length: number): Voice {
  return (t) => {
    const vibrato = 0.006 * Math.sin(TURN * 5.1 * t) * Math.min(1, t / 0.4);
    const turn = TURN * frequency * t + vibrato * 18;
    return (
      (Math.sin(turn) + 0.28 * Math.sin(2 * turn) + 0.1 * Math.sin(3 * turn)) *
      0.75 *
      envelope(t, 0.09, length, RELEASES.flute)
    );
  };
}

function shakerVoice(seed: number): Voice {
  const random = createRandom(seed);
  let last = 0;
  return (t) => {
    const noise = random.next() * 2 - 1;
    const high = noise - last;
    last = noise;
    return high * Math.min(1, t / 0.012) * Math.exp(-t * 38);
  };
}
