import { LETTER_RULES } from "./letter-rules.js";
import { WORD_SOUNDS } from "./word-sounds.js";

/** One spoken word: its sounds, and which of them carries the stress. */
export interface SpokenWord {
  readonly word: string;
  readonly sounds: readonly string[];
  /** Index into `sounds`, -1 for an unstressed small word. */
  readonly stress: number;
  /** Milliseconds of silence after the word: a comma's or a full stop's. */
  readonly pauseMs: number;
  readonly isQuestion: boolean;
}

const VOWELS = /^(IY|IH|EY|EH|AE|AA|AO|OW|UH|UW|AH|AX|ER|AY|AW|OY)$/;
const DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"] as const;
const MAX_WORDS = 400;

/** Splits a text into words and finds their sounds; at most 400 words are spoken. */
export function toSpokenWords(text: string): readonly SpokenWord[] {
  const spelled = text.replace(/\d/g, (digit) => ` ${DIGITS[Number(digit)] ?? ""} `);
  const parts = spelled.match(/[\p{L}'’]+[^\p{L}'’]*/gu) ?? [];
  return parts.slice(0, MAX_WORDS).map((part) => {
    const word = /^[\p{L}'’]+/u.exec(part)?.[0] ?? part;
    const after = part.slice(word.length);
    const pauseMs = /[.!?]/.test(after) ? 340 : /[,;:–—]/.test(after) ? 190 : 0;
    return { word, ...pronounce(word), pauseMs, isQuestion: after.includes("?") };
  });
}

function pronounce(word: string): { sounds: readonly string[]; stress: number } {
  const plain = word
    .toLowerCase()
    .normalize("NFD")
    .replace(/[^a-z]/g, "");
  const known = Object.hasOwn(WORD_SOUNDS, plain) ? WORD_SOUNDS[plain] : undefined;
  const written = (known ?? applyRules(plain)).split(" ").filter((sound) => sound !== "");
  const marked = written.findIndex((sound) => sound.endsWith("1"));
  const sounds = written.map((sound) => sound.replace("1", ""));
  const stress =
    marked >= 0 || known !== undefined ? marked : sounds.findIndex((sound) => VOWELS.test(sound) && sound !== "AX");
  return { sounds, stress };
}

function applyRules(word: string): string {
  let at = 0;
  let sounds = "";
  while (at < word.length) {
    const before = word.slice(0, at);
    const rest = word.slice(at);
    const rule = LETTER_RULES.find(
      ({ letters, before: left, after: right }) =>
        rest.startsWith(letters) &&
        (left === undefined || left.test(before)) &&
        (right === undefined || right.test(rest.slice(letters.length))),
    );
    sounds += ` ${rule?.sounds ?? ""}`;
    at += rule?.letters.length ?? 1;
  }
  return sounds;
}
