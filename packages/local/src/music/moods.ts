/** What a mood changes: scale, chords, beat and who plays. */
export interface Mood {
  /** Semitones above the root. */
  readonly scale: readonly number[];
  /** Scale degrees of the chords, one a bar; several to choose from. */
  readonly progressions: readonly [readonly number[], ...(readonly number[])[]];
  readonly tempo: number;
  readonly lead: "bell" | "pluck" | "flute";
  readonly pad: number;
  readonly drums: number;
  readonly arpeggio: number;
  /** Share of the echo in the room. */
  readonly room: number;
}

const MAJOR = [0, 2, 4, 5, 7, 9, 11];
const MINOR = [0, 2, 3, 5, 7, 8, 10];
const DORIAN = [0, 2, 3, 5, 7, 9, 10];
const LYDIAN = [0, 2, 4, 6, 7, 9, 11];

/** The moods the `score` model knows. */
export const MOODS: Readonly<Record<string, Mood>> = {
  calm: {
    scale: MAJOR,
    progressions: [
      [0, 4, 5, 3],
      [0, 2, 3, 4],
      [3, 0, 4, 5],
    ],
    tempo: 78,
    lead: "pluck",
    pad: 0.8,
    drums: 0.25,
    arpeggio: 0.6,
    room: 0.32,
  },
  bright: {
    scale: MAJOR,
    progressions: [
      [0, 3, 4, 0],
      [0, 4, 5, 3],
      [0, 5, 3, 4],
    ],
    tempo: 104,
    lead: "pluck",
    pad: 0.55,
    drums: 0.8,
    arpeggio: 1,
    room: 0.22,
  },
  dreamy: {
    scale: LYDIAN,
    progressions: [
      [0, 1, 0, 5],
      [0, 4, 1, 5],
      [5, 3, 0, 1],
    ],
    tempo: 70,
    lead: "bell",
    pad: 1,
    drums: 0.12,
    arpeggio: 0.75,
    room: 0.46,
  },
  wistful: {
    scale: DORIAN,
    progressions: [
      [0, 5, 2, 6],
      [0, 3, 6, 2],
      [5, 6, 0, 0],
    ],
    tempo: 76,
    lead: "bell",
    pad: 0.85,
    drums: 0.3,
    arpeggio: 0.7,
    room: 0.36,
  },
  tense: {
    scale: MINOR,
    progressions: [
      [0, 0, 5, 6],
      [0, 5, 3, 4],
      [0, 1, 0, 6],
    ],
    tempo: 96,
    lead: "flute",
    pad: 1,
    drums: 0.9,
    arpeggio: 0.9,
    room: 0.3,
  },
};

const ROOTS: Readonly<Record<string, number>> = {
  C: 48,
  "C#": 49,
  Db: 49,
  D: 50,
  Eb: 51,
  E: 52,
  F: 53,
  "F#": 54,
  G: 43,
  Ab: 44,
  A: 45,
  Bb: 46,
  B: 47,
};

/** The MIDI number of a key's lower root; `undefined` for an unknown key. */
export function rootOf(key: string): number | undefined {
  return Object.hasOwn(ROOTS, key) ? ROOTS[key] : undefined;
}

/** The MIDI number of a scale degree, octaves above or below included. */
export function degreeToMidi(mood: Mood, root: number, degree: number): number {
  const size = mood.scale.length;
  const octave = Math.floor(degree / size);
  return root + octave * 12 + (mood.scale[degree - octave * size] ?? 0);
}
