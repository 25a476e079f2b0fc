import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { checkOptions } from "../options/check-options.js";
import { describeValue } from "../options/describe-value.js";
import { name } from "../pipeline/option-schemas.js";
import { createWordSearch, type SoughtWord } from "./find-words.js";
import { foldText } from "./fold-text.js";
import type { Guard, GuardVerdict } from "./guard.js";
import { guardAt, guardStage } from "./guard-stage.js";
import { textsOfOutput, textsOfPrompt } from "./texts-of.js";
import { ALLOWED, allowExcept, reject } from "./verdicts.js";

export interface WordListOptions {
  /** Finds a word inside of others, too. @default false */
  readonly matchWithin?: boolean | undefined;
  /** Which words are looked at: those that go in, those that come out, or both. @default "both" */
  readonly in?: "prompt" | "output" | "both" | undefined;
  /** What the list stands for; in the reason and in the verdict's categories. @default "listed words" */
  readonly category?: string | undefined;
}

const optionsSchema = z.strictObject({
  matchWithin: z.boolean("true or false is expected").optional(),
  in: guardStage.optional(),
  category: name.optional(),
});

/**
 * Refuses words of a list: whole words in any script and any case, also of full width or with invisible characters
 * inside. A word may be several, like "white powder"; any blanks between them match. Scripts without blanks between
 * words (Chinese, Japanese, Thai and so on) match anywhere. Looked at are prompts and texts in parameters, and texts,
 * JSON values and text assets that come out. The word found is named, except in a private step.
 *
 * Letters with accents are other letters; swapped letters ("v1olence") are not found. INVALID_OPTION for an empty
 * list and a word that is no text or has nothing to see in it.
 *
 * @example
 * wordList(["gore", "white powder"], { in: "prompt", category: "house rules" });
 */
export function wordList(words: readonly string[], options: WordListOptions = {}): Guard {
  const checked = checkOptions(optionsSchema, options, "wordList(words, options)");
  const { matchWithin = false, in: stage = "both", category = "listed words" } = checked;
  const search = createWordSearch(checkWords(words), matchWithin);
  const judge = (text: string, isPrivate: boolean): GuardVerdict => {
    const found = search(foldText(text));
    if (found === undefined) return ALLOWED;
    const which = isPrivate ? "a word" : `the word "${found.shown}"`;
    return reject(`The text has ${which} of the list "${category}".`, [category]);
  };
  return guardAt(stage, {
    name: `word list "${category}"`,
    checkPrompt: (check) => judge(textsOfPrompt(check), check.isPrivate),
    async checkOutput(check) {
      const { text, gaps } = await textsOfOutput(check);
      const verdict = judge(text, check.isPrivate);
      return verdict.allowed ? allowExcept(gaps) : verdict;
    },
  });
}

function checkWords(words: unknown): readonly SoughtWord[] {
  if (!Array.isArray(words) || words.length === 0) {
    throw invalidWords(`a list of at least one word is expected; ${describeValue(words)} was given.`);
  }
  return words.map((word: unknown, index) => {
    const folded = typeof word === "string" ? foldText(word) : "";
    if (typeof word !== "string" || folded === "") {
      throw invalidWords(
        `entry ${index} must be a text with something to see in it; ${describeValue(word)} was given.`,
      );
    }
    return { shown: word, folded };
  });
}

function invalidWords(problem: string): GenblazeError {
  return new GenblazeError("INVALID_OPTION", `wordList(words, options): ${problem}`);
}
