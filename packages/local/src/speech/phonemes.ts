/** How a sound of English is made. Frequencies and bandwidths in hertz, lengths in milliseconds. */
export interface Phoneme {
  readonly kind: "vowel" | "glide" | "nasal" | "fricative" | "stop" | "pause";
  readonly isVoiced: boolean;
  readonly ms: number;
  readonly formants: readonly [number, number, number];
  /** Where a diphthong glides to. */
  readonly glide?: readonly [number, number, number];
  /** Centre, width and strength of the noise of a fricative or a stop's burst. */
  readonly noise?: readonly [center: number, width: number, strength: number];
}

const vowel = (ms: number, formants: Phoneme["formants"], glide?: Phoneme["formants"]): Phoneme =>
  glide === undefined
    ? { kind: "vowel", isVoiced: true, ms, formants }
    : { kind: "vowel", isVoiced: true, ms, formants, glide };
const glideSound = (ms: number, formants: Phoneme["formants"]): Phoneme => ({
  kind: "glide",
  isVoiced: true,
  ms,
  formants,
});
const nasal = (formants: Phoneme["formants"]): Phoneme => ({ kind: "nasal", isVoiced: true, ms: 72, formants });
const hiss = (
  isVoiced: boolean,
  ms: number,
  formants: Phoneme["formants"],
  noise: [number, number, number],
): Phoneme => ({ kind: "fricative", isVoiced, ms, formants, noise });
const stop = (isVoiced: boolean, formants: Phoneme["formants"], noise: [number, number, number]): Phoneme => ({
  kind: "stop",
  isVoiced,
  ms: isVoiced ? 66 : 82,
  formants,
  noise,
});

/** ARPABET sounds with the targets of a male voice (after Klatt 1980 and Peterson & Barney 1952). */
export const PHONEMES: Readonly<Record<string, Phoneme>> = {
  IY: vowel(125, [290, 2270, 2960]),
  IH: vowel(88, [400, 1960, 2550]),
  EY: vowel(150, [480, 1920, 2520], [330, 2200, 2700]),
  EH: vowel(110, [540, 1800, 2480]),
  AE: vowel(145, [670, 1700, 2420]),
  AA: vowel(150, [720, 1130, 2440]),
  AO: vowel(150, [590, 880, 2520]),
  OW: vowel(150, [540, 1020, 2300], [400, 800, 2350]),
  UH: vowel(95, [450, 1060, 2300]),
  UW: vowel(130, [320, 950, 2240]),
  AH: vowel(95, [620, 1220, 2520]),
  AX: vowel(58, [500, 1420, 2460]),
  ER: vowel(140, [480, 1260, 1620]),
  AY: vowel(175, [700, 1220, 2500], [380, 2050, 2600]),
  AW: vowel(180, [700, 1260, 2460], [420, 900, 2360]),
  OY: vowel(185, [550, 900, 2450], [370, 2000, 2550]),
  W: glideSound(66, [300, 640, 2180]),
  Y: glideSound(62, [270, 2220, 3000]),
  R: glideSound(72, [330, 1120, 1450]),
  L: glideSound(70, [340, 1080, 2720]),
  M: nasal([270, 1060, 2150]),
  N: nasal([270, 1420, 2450]),
  NG: nasal([270, 2050, 2650]),
  HH: { kind: "fricative", isVoiced: false, ms: 58, formants: [500, 1500, 2500], noise: [1600, 2200, 0.22] },
  F: hiss(false, 98, [340, 1100, 2080], [6200, 5600, 0.17]),
  V: hiss(true, 62, [280, 1100, 2080], [6000, 5600, 0.08]),
  TH: hiss(false, 92, [320, 1290, 2540], [6600, 4800, 0.13]),
  DH: hiss(true, 46, [280, 1290, 2540], [6200, 4800, 0.06]),
  S: hiss(false, 108, [320, 1390, 2530], [6300, 2100, 0.62]),
  Z: hiss(true, 76, [260, 1390, 2530], [6100, 2200, 0.3]),
  SH: hiss(false, 112, [300, 1840, 2750], [3100, 1500, 0.58]),
  ZH: hiss(true, 74, [300, 1840, 2750], [3000, 1500, 0.28]),
  P: stop(false, [320, 900, 2150], [900, 1400, 0.3]),
  B: stop(true, [230, 900, 2150], [800, 1200, 0.2]),
  T: stop(false, [320, 1650, 2600], [4700, 2600, 0.5]),
  D: stop(true, [230, 1650, 2600], [4200, 2400, 0.28]),
  K: stop(false, [320, 1900, 2450], [1900, 900, 0.48]),
  G: stop(true, [230, 1900, 2450], [1800, 900, 0.28]),
  CH: { kind: "stop", isVoiced: false, ms: 120, formants: [320, 1840, 2750], noise: [3300, 1700, 0.6] },
  JH: { kind: "stop", isVoiced: true, ms: 96, formants: [260, 1840, 2750], noise: [3100, 1700, 0.34] },
  PAUSE: { kind: "pause", isVoiced: false, ms: 130, formants: [500, 1450, 2500] },
};
