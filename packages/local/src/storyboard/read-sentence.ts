import { createRandom } from "../random/seeded-random.js";
import {
  COLOR_WORDS,
  SETTING_WORDS,
  SUBJECT_COLORS,
  SUBJECT_HOMES,
  SUBJECT_WORDS,
  TIME_WORDS,
  WEATHER_WORDS,
} from "./lexicon.js";
import type { Setting, TimeOfDay, Weather } from "./storyboard.js";

/** What a sentence says, with every gap filled from its hash. */
export interface Reading {
  readonly sentence: string;
  readonly subject: string;
  /** The subject in the sentence's own words, like "a paper boat". */
  readonly subjectPhrase: string;
  /** True when the sentence names a subject the painter knows. */
  readonly isSubjectKnown: boolean;
  readonly subjectColor: string;
  readonly setting: Setting;
  readonly weather: Weather;
  readonly timeOfDay: TimeOfDay;
}

const SETTINGS: readonly [Setting, ...Setting[]] = [
  "meadow",
  "mountain",
  "sea",
  "forest",
  "lake",
  "city",
  "village",
  "desert",
];
const TIMES: readonly [TimeOfDay, ...TimeOfDay[]] = ["sunset", "dawn", "dusk", "day", "night"];
const WEATHERS: readonly [Weather, ...Weather[]] = ["clear", "cloudy", "fog", "wind"];
const SUBJECTS: readonly [string, ...string[]] = ["umbrella", "bird", "balloon", "lantern", "deer", "kite"];
const SNOWY: ReadonlySet<Setting> = new Set(["forest", "meadow"]);

const ARTICLES: ReadonlySet<string> = new Set("a an the one two three my our his her their its".split(" "));
const MOST_ADJECTIVES = 3;

/** Reads subject, place, weather, time and colour out of a sentence; the same sentence and seed read the same. */
export function readSentence(sentence: string, seed: number): Reading {
  const text = ` ${sentence
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()} `;
  const random = createRandom(`${text}${seed}`);
  const knownSubject = findWord(SUBJECT_WORDS, text);
  const subject = knownSubject ?? random.pick(SUBJECTS);
  const weather = findWord(WEATHER_WORDS, text) ?? random.pick(WEATHERS);
  const timeOfDay = findWord(TIME_WORDS, text) ?? (weather === "rain" ? "dusk" : random.pick(TIMES));
  const place = findWord(SETTING_WORDS, text) ?? random.pick(SUBJECT_HOMES[subject] ?? SETTINGS);
  return {
    sentence: sentence.trim(),
    subject,
    subjectPhrase: subjectPhrase(sentence, subject, knownSubject !== undefined),
    isSubjectKnown: knownSubject !== undefined,
    subjectColor: colorNear(text, subject) ?? SUBJECT_COLORS[subject] ?? "#d9a05b",
    setting: weather === "snow" && SNOWY.has(place) ? "tundra" : place,
    weather,
    timeOfDay,
  };
}

/** The key whose word stands in the text; of several, the longest word, then the earliest. */
function findWord<Key extends string>(table: Readonly<Record<Key, readonly string[]>>, text: string): Key | undefined {
  let best: { key: Key; length: number; at: number } | undefined;
  for (const key in table) {
    for (const word of table[key]) {
      const at = text.search(new RegExp(` ${word}s? `));
      if (at < 0) continue;
      const spaces = word.split(" ").length;
      if (best === undefined || spaces > best.length || (spaces === best.length && at < best.at)) {
        best = { key, length: spaces, at };
      }
    }
  }
  return best?.key;
}

/**
 * The subject with its article and adjectives as the sentence has them: "a small brown dog". A subject that the
 * sentence does not name is called what it is painted as.
 */
function subjectPhrase(sentence: string, subject: string, isKnown: boolean): string {
  const words = sentence
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replace(/[^\p{L}\p{N}'-]/gu, ""))
    .filter((word) => word !== "");
  const heads = (SUBJECT_WORDS[subject] ?? []).map((word) => word.split(" ").at(-1)?.replace(/s$/, ""));
  const head = words.findIndex((word) => heads.includes(word.replace(/s$/, "")));
  if (!isKnown || head < 0) return `the ${subject}`;
  const before = words.slice(Math.max(0, head - MOST_ADJECTIVES - 1), head);
  const article = before.findLastIndex((word) => ARTICLES.has(word));
  if (article >= 0) return [...before.slice(article), words[head]].join(" ");
  const isAtStart = head <= MOST_ADJECTIVES;
  return ["the", ...(isAtStart ? before : []), words[head]].join(" ");
}

/** The colour word that stands at most three words before the subject's, or first in the sentence. */
function colorNear(text: string, subject: string): string | undefined {
  const words = text.trim().split(" ");
  const heads = new Set((SUBJECT_WORDS[subject] ?? []).flatMap((word) => word.split(" ")));
  const at = words.findIndex((word) => heads.has(word));
  const near = words.slice(Math.max(0, at - 3), at + 1).reverse();
  for (const word of at < 0 ? words : near) {
    const color = Object.hasOwn(COLOR_WORDS, word) ? COLOR_WORDS[word] : undefined;
    if (color !== undefined) return color;
  }
  return undefined;
}
