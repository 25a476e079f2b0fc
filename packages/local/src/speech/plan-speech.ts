import { PHONEMES, type Phoneme } from "./phonemes.js";
import { type SpokenWord, toSpokenWords } from "./to-sounds.js";

/** A sound with its length and pitch settled. */
export interface PlannedSound {
  readonly name: string;
  readonly phoneme: Phoneme;
  readonly startSeconds: number;
  readonly seconds: number;
  /** Hertz at its beginning and its end. */
  readonly pitch: readonly [number, number];
  readonly stress: number;
}

export interface TimedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

export interface SpeechPlan {
  readonly sounds: readonly PlannedSound[];
  readonly words: readonly TimedWord[];
  readonly durationSeconds: number;
}

export interface Voice {
  /** Middle pitch in hertz. */
  readonly pitch: number;
  /** 1 is about 150 words a minute. */
  readonly rate: number;
  /** Factor of the formants: smaller heads sound higher. */
  readonly size: number;
}

const LEAD_SECONDS = 0.08;

/** Settles lengths and melody: stressed vowels are longer and higher, a phrase falls, its last word is drawn out. */
export function planSpeech(text: string, voice: Voice): SpeechPlan {
  const words = toSpokenWords(text);
  const sounds: PlannedSound[] = [];
  const timed: TimedWord[] = [];
  let at = LEAD_SECONDS;
  for (const [index, word] of words.entries()) {
    const start = at;
    const phrase = phraseAround(words, index);
    for (const [place, name] of word.sounds.entries()) {
      const phoneme = PHONEMES[name];
      if (phoneme === undefined) continue;
      const seconds = lengthOf(phoneme, word, place, phrase.isLast) / voice.rate;
      sounds.push({
        name,
        phoneme,
        startSeconds: at,
        seconds,
        pitch: melody(word, place, phrase, voice),
        stress: place === word.stress ? 1 : 0,
      });
      at += seconds;
    }
    timed.push({ word: word.word, start, end: at });
    at += word.pauseMs / 1000 / voice.rate;
  }
  return { sounds, words: timed, durationSeconds: at + 0.12 };
}

interface PhrasePlace {
  /** 0 at the beginning of the phrase, 1 at its end. */
  readonly share: number;
  readonly isLast: boolean;
  readonly isQuestion: boolean;
}

function phraseAround(words: readonly SpokenWord[], index: number): PhrasePlace {
  let first = index;
  while (first > 0 && words[first - 1]?.pauseMs === 0) first--;
  let last = index;
  while (last < words.length - 1 && words[last]?.pauseMs === 0) last++;
  return {
    share: (index - first + 0.5) / (last - first + 1),
    isLast: index === last,
    isQuestion: words[last]?.isQuestion ?? false,
  };
}

function lengthOf(phoneme: Phoneme, word: SpokenWord, place: number, isLast: boolean): number {
  const isStressed = place === word.stress;
  const isEnd = isLast && place >= word.sounds.length - 2;
  const factor =
    (isStressed ? 1.18 : phoneme.kind === "vowel" ? 0.84 : 1) * (isEnd && phoneme.kind !== "stop" ? 1.4 : 1);
  return (phoneme.ms * 1.06 * factor) / 1000;
}

function melody(word: SpokenWord, place: number, phrase: PhrasePlace, voice: Voice): readonly [number, number] {
  const fall = 1.12 - 0.24 * phrase.share;
  const accent = place === word.stress ? 1.11 : word.stress < 0 ? 0.95 : 1;
  const begin = voice.pitch * fall * accent;
  const finish = phrase.isLast && place >= word.stress ? (phrase.isQuestion ? 1.25 : 0.84) : 0.97;
  return [begin, begin * finish];
}
