import { mix } from "../paint/color.js";
import { createRandom, hashText, type SeededRandom } from "../random/seeded-random.js";
import { TIME_PALETTES, WEATHER_TINTS } from "./palettes.js";
import {
  ENDING_PHRASES,
  NARRATION_LINES,
  PLACE_PHRASES,
  SCENE_TITLES,
  TIME_PHRASES,
  VIEW_PHRASES,
  WEATHER_PHRASES,
} from "./phrases.js";
import { type Reading, readSentence } from "./read-sentence.js";
import type {
  Act,
  CameraMotion,
  Framing,
  Storyboard,
  StoryMusic,
  StoryScene,
  TimeOfDay,
  Weather,
} from "./storyboard.js";

export interface WriteOptions {
  /** @default 0 */
  readonly seed: number;
  readonly scenes: number;
  readonly sceneSeconds: number;
}

const FRAMINGS: Readonly<Record<Act, Framing>> = { opening: "wide", journey: "medium", arrival: "close" };
const MOTIONS: Readonly<Record<Act, CameraMotion>> = { opening: "push-in", journey: "pan-right", arrival: "pull-out" };
const LATER: Readonly<Record<TimeOfDay, TimeOfDay>> = {
  dawn: "dawn",
  day: "sunset",
  sunset: "sunset",
  dusk: "dusk",
  night: "night",
};
const SMALL_WORDS: ReadonlySet<string> = new Set([
  "a",
  "an",
  "the",
  "of",
  "in",
  "on",
  "over",
  "to",
  "and",
  "at",
  "by",
  "for",
  "with",
]);

/** Writes a storyboard for one sentence: an opening, a journey in as many scenes as are left, an arrival. */
export function writeStoryboard(sentence: string, options: WriteOptions): Storyboard {
  const reading = readSentence(sentence, options.seed);
  const seed = hashText(`${reading.sentence}|${options.seed}`);
  const random = createRandom(seed);
  const scenes = Array.from({ length: options.scenes }, (_, index) => {
    const act = actOf(index, options.scenes);
    return writeScene(reading, act, random, { index, seed, seconds: options.sceneSeconds });
  });
  return { title: titleOf(reading, random), logline: reading.sentence, scenes, music: musicOf(reading, random) };
}

/** Makes the one scene that a picture sentence describes. */
export function sceneFromSentence(sentence: string, seed: number): StoryScene {
  const reading = readSentence(sentence, seed);
  const hash = hashText(`${reading.sentence}|${seed}`);
  const act: Act = /nearer|journey/i.test(sentence)
    ? "journey"
    : /last|close|glowing/i.test(sentence)
      ? "arrival"
      : "opening";
  return writeScene(reading, act, createRandom(hash), { index: 0, seed: hash, seconds: 4 });
}

function actOf(index: number, count: number): Act {
  if (index === 0) return "opening";
  return index === count - 1 ? "arrival" : "journey";
}

function writeScene(
  reading: Reading,
  act: Act,
  random: SeededRandom,
  place: { index: number; seed: number; seconds: number },
): StoryScene {
  const timeOfDay = act === "arrival" ? LATER[reading.timeOfDay] : reading.timeOfDay;
  const weather = reading.weather;
  return {
    title: random.pick(SCENE_TITLES[act]),
    picture: `${VIEW_PHRASES[act]} ${reading.subjectPhrase}: ${reading.sentence.replace(/[.!?]+$/, "")}, ${TIME_PHRASES[timeOfDay]}.`,
    narration: narrationOf(reading, act, timeOfDay, random),
    act,
    setting: reading.setting,
    timeOfDay,
    weather,
    subject: reading.subject,
    subjectColor: reading.subjectColor,
    framing: FRAMINGS[act],
    motion: act === "journey" && place.index % 2 === 0 ? "pan-left" : MOTIONS[act],
    palette: paletteOf(timeOfDay, weather, act, place.seed),
    durationSeconds: place.seconds,
    seed: (place.seed + place.index * 7919) >>> 0,
  };
}

function narrationOf(reading: Reading, act: Act, timeOfDay: TimeOfDay, random: SeededRandom): string {
  const written = random.pick(NARRATION_LINES[act]);
  if (act === "opening" && reading.sentence.split(/\s+/).length <= 12 && random.chance(0.6)) {
    return sentenceCase(`${reading.sentence.replace(/[.!?]+$/, "")}.`);
  }
  const definite = reading.subjectPhrase.replace(/^(a|an)\s/i, "the ");
  const filled = written
    .replace("{the}", definite)
    .replace("{place}", PLACE_PHRASES[reading.setting])
    .replace("{time}", TIME_PHRASES[timeOfDay])
    .replace("{weather}", WEATHER_PHRASES[reading.weather])
    .replace("{ending}", ENDING_PHRASES[reading.weather]);
  return filled.replace(/(^|[.]\s+)(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** The hour's colours under the weather's tint; the arrival's sky is warmer and lighter at the horizon. */
function paletteOf(timeOfDay: TimeOfDay, weather: Weather, act: Act, seed: number): string[] {
  const colors = createRandom(seed ^ 0x51ed).pick(TIME_PALETTES[timeOfDay]);
  const [tint, strength] = WEATHER_TINTS[weather];
  const tinted = colors.map((color, index) => mix(color, tint, strength * (index === 4 ? 0.4 : 1)));
  if (act !== "arrival" || weather === "aurora") return tinted;
  return tinted.map((color, index) =>
    index === 4 ? color : mix(color, index > 1 ? "#ffd9a0" : "#a85f7a", 0.1 + 0.09 * index),
  );
}

function titleOf(reading: Reading, random: SeededRandom): string {
  const bare = reading.subjectPhrase.replace(/^(a|an|the)\s/, "");
  const subject = titleCase(bare);
  // "Two Whales" and "My Little Balloon" need no article.
  const named = bare === reading.subjectPhrase ? subject : `The ${subject}`;
  const place = titleCase(PLACE_PHRASES[reading.setting].replace(/^the /, ""));
  return random.pick([named, `${subject} and the ${place}`, `${named} of the ${place}`]);
}

function titleCase(text: string): string {
  return text
    .split(" ")
    .map((word, index) => (index > 0 && SMALL_WORDS.has(word) ? word : sentenceCase(word)))
    .join(" ");
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function musicOf(reading: Reading, random: SeededRandom): StoryMusic {
  const isDark = reading.timeOfDay === "night" || reading.timeOfDay === "dusk";
  const mood = moodOf(reading, isDark);
  const tempo = { tense: 96, dreamy: 72, wistful: 76, bright: 104, calm: 80 }[mood] + random.whole(-4, 4);
  return { mood, tempo, key: random.pick(["C", "D", "E", "F", "G", "A", "Bb"]) };
}

function moodOf(reading: Reading, isDark: boolean): "tense" | "dreamy" | "wistful" | "bright" | "calm" {
  if (reading.weather === "storm") return "tense";
  if (reading.weather === "aurora" || reading.setting === "space" || reading.setting === "underwater") return "dreamy";
  if (reading.weather === "rain" || reading.weather === "fog") return "wistful";
  return isDark ? "calm" : "bright";
}
