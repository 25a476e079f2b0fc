import { createRandom, type SeededRandom } from "../random/seeded-random.js";
import { degreeToMidi, type Mood } from "./moods.js";

export type InstrumentName = "pad" | "bass" | "pluck" | "bell" | "flute" | "kick" | "shaker";

export interface Note {
  readonly instrument: InstrumentName;
  readonly seconds: number;
  readonly length: number;
  /** MIDI number. */
  readonly pitch: number;
  /** 0 to 1. */
  readonly loudness: number;
  /** -1 left to 1 right. */
  readonly place: number;
}

export interface ScorePlan {
  readonly mood: Mood;
  readonly root: number;
  readonly tempo: number;
  readonly durationSeconds: number;
  readonly seed: number;
}

interface Bar {
  readonly index: number;
  readonly start: number;
  readonly beat: number;
  readonly chord: number;
  /** 0 at the beginning of the piece, 1 at its end. */
  readonly share: number;
  readonly isLast: boolean;
}

/** Writes the notes: pad and bass first, then the arpeggio, the melody's motif with its answer, the drums. */
export function arrange(plan: ScorePlan): readonly Note[] {
  const random = createRandom(`score|${plan.seed}`);
  const progression = random.pick(plan.mood.progressions);
  const motif = writeMotif(random);
  const bars = layBars(plan, progression);
  return bars.flatMap((bar) => [
    ...padNotes(plan, bar),
    ...bassNotes(plan, bar),
    ...(bar.index >= 1 || bars.length < 4 ? arpeggioNotes(plan, bar, random) : []),
    ...(bar.index >= 1 ? melodyNotes(plan, bar, motif, random) : []),
    ...(bar.index >= 2 && !bar.isLast ? drumNotes(plan, bar, random) : []),
  ]);
}

/** Bars stretched a little so that the last one ends with the piece. */
function layBars(plan: ScorePlan, progression: readonly number[]): readonly Bar[] {
  const wanted = (plan.durationSeconds - 1) / ((60 / plan.tempo) * 4);
  const count = Math.max(1, Math.round(wanted));
  const beat = Math.max(0.2, Math.min(1.2, (plan.durationSeconds - 1) / count / 4));
  return Array.from({ length: count }, (_, index) => ({
    index,
    start: index * beat * 4,
    beat,
    chord: index === count - 1 ? 0 : (progression[index % progression.length] ?? 0),
    share: index / count,
    isLast: index === count - 1,
  }));
}

function padNotes(plan: ScorePlan, bar: Bar): readonly Note[] {
  const length = bar.beat * (bar.isLast ? 5.5 : 4.4);
  return [0, 2, 4, 6].slice(0, bar.isLast ? 3 : 4).map((step, voice) => ({
    instrument: "pad" as const,
    seconds: bar.start,
    length,
    pitch: fold(degreeToMidi(plan.mood, plan.root + 12, bar.chord + step), 55, 73),
    loudness: 0.2 * plan.mood.pad * (voice === 3 ? 0.55 : 1) * (0.8 + 0.35 * bar.share),
    place: (voice - 1.5) * 0.4,
  }));
}

function bassNotes(plan: ScorePlan, bar: Bar): readonly Note[] {
  const pitch = fold(degreeToMidi(plan.mood, plan.root - 12, bar.chord), 33, 45);
  const make = (at: number, length: number, up: number, loudness: number): Note => ({
    instrument: "bass",
    seconds: bar.start + at * bar.beat,
    length: length * bar.beat,
    pitch: pitch + up,
    loudness,
    place: 0,
  });
  if (bar.isLast) return [make(0, 4.5, 0, 0.42)];
  return plan.mood.drums > 0.6
    ? [make(0, 1.4, 0, 0.42), make(1.5, 0.5, 0, 0.28), make(2, 1.6, bar.index % 2 === 1 ? 7 : 0, 0.36)]
    : [make(0, 2.8, 0, 0.4), make(3, 1, 7, 0.24)];
}

function arpeggioNotes(plan: ScorePlan, bar: Bar, random: SeededRandom): readonly Note[] {
  const pattern = [0, 2, 4, 7, 4, 2, 4, 2];
  const count = bar.isLast ? 3 : 8;
  return pattern.slice(0, count).flatMap((step, index) => {
    if (!bar.isLast && index % 2 === 1 && random.chance(0.3 - 0.25 * plan.mood.arpeggio)) return [];
    return [
      {
        instrument: "pluck" as const,
        seconds: bar.start + index * bar.beat * 0.5 + random.range(0, 0.012),
        length: bar.beat * 1.6,
        pitch: fold(degreeToMidi(plan.mood, plan.root + 12, bar.chord + step), 57, 80),
        loudness: plan.mood.arpeggio * (index % 4 === 0 ? 0.25 : 0.17) * (0.75 + 0.4 * bar.share),
        place: index % 2 === 0 ? -0.45 : 0.45,
      },
    ];
  });
}

/** Steps in the scale and lengths in beats; the answer in the next bar ends elsewhere. */
interface Motif {
  readonly steps: readonly number[];
  readonly beats: readonly number[];
}

function writeMotif(random: SeededRandom): Motif {
  const beats = random.pick([
    [1, 0.5, 0.5, 2],
    [1.5, 0.5, 2],
    [0.5, 0.5, 1, 2],
    [1, 1, 0.5, 1.5],
  ]);
  let step = random.pick([0, 2, 4]);
  const steps = beats.map(() => {
    const current = step;
    step = Math.max(-1, Math.min(8, step + random.pick([-2, -1, 1, 1, 2, 3])));
    return current;
  });
  return { steps, beats };
}

function melodyNotes(plan: ScorePlan, bar: Bar, motif: Motif, random: SeededRandom): readonly Note[] {
  const isAnswer = bar.index % 2 === 0;
  const lift = bar.share > 0.6 ? 2 : 0;
  let at = 0;
  return motif.steps.flatMap((step, index) => {
    const beats = motif.beats[index] ?? 1;
    const isEnd = index === motif.steps.length - 1;
    const varied = isAnswer && index > 0 ? (isEnd ? 2 : step + random.pick([0, 0, 1, -1])) : step;
    const degree = bar.chord + (bar.isLast && isEnd ? 0 : varied) + lift;
    const note: Note = {
      instrument: plan.mood.lead,
      seconds: bar.start + at * bar.beat + 0.01,
      length: beats * bar.beat * (isEnd ? 1.4 : 1.05),
      pitch: fold(degreeToMidi(plan.mood, plan.root + 24, degree), 67, 88),
      loudness: (index === 0 ? 0.34 : 0.27) * (0.8 + 0.35 * bar.share),
      place: 0.12,
    };
    at += beats;
    return bar.isLast && index > 1 ? [] : [note];
  });
}

function drumNotes(plan: ScorePlan, bar: Bar, random: SeededRandom): readonly Note[] {
  const strength = plan.mood.drums * (0.7 + 0.5 * bar.share);
  const kicks = [0, 2].map(
    (beat): Note => ({
      instrument: "kick",
      seconds: bar.start + beat * bar.beat,
      length: 0.4,
      pitch: 36,
      loudness: 0.5 * strength,
      place: 0,
    }),
  );
  const shakers = Array.from(
    { length: 8 },
    (_, index): Note => ({
      instrument: "shaker",
      seconds: bar.start + index * bar.beat * 0.5 + random.range(0, 0.01),
      length: 0.12,
      pitch: 60,
      loudness: (index % 2 === 0 ? 0.07 : 0.12) * strength,
      place: 0.35,
    }),
  );
  return [...kicks, ...shakers];
}

/** Moves a pitch by octaves into a range. */
function fold(pitch: number, low: number, high: number): number {
  let folded = pitch;
  while (folded < low) folded += 12;
  while (folded > high) folded -= 12;
  return folded;
}
