import type { JsonValue, RunOptions } from "@genblaze/core";
import type { TextStream } from "@genblaze/core/report";
import type { Keyboard } from "./keyboard.js";
import { parseAnswer } from "./parse-answer.js";
import { showText } from "./show-text.js";
import { linesOf, type ShownChoice } from "./shown-choice.js";

type AnswerWaiting = NonNullable<RunOptions["onWaiting"]>;
type WaitingStep = Parameters<AnswerWaiting>[0];

/** Writes the choices of a question where a person can look at them. */
export type ShowChoices = (
  step: string,
  question: WaitingStep["question"],
) => Promise<readonly ShownChoice[] | undefined>;

/** Asks the person at the terminal, one question after the other; without a further line the run rests. */
export function askPerson(keyboard: Keyboard, screen: TextStream, showChoices: ShowChoices): AnswerWaiting {
  let last: Promise<unknown> = Promise.resolve();
  return (waiting) => {
    const answer = last.then(() => askOne(waiting, keyboard, screen, showChoices));
    last = answer.catch(() => undefined);
    return answer;
  };
}

async function askOne(
  { step, question, signal }: WaitingStep,
  keyboard: Keyboard,
  screen: TextStream,
  showChoices: ShowChoices,
): Promise<JsonValue | undefined> {
  const choices = await showChoices(step, question);
  // The display of the run has stopped then too, before something is written below it.
  await keyboard.forgetTyped();
  screen.write(`\n"${step}" waits: ${wordsOf(question)}\n`);
  for (const line of linesOf(choices ?? [])) screen.write(`${line}\n`);
  const hint = choices === undefined ? "an answer as JSON" : "yes, no, or the numbers of those that go on";
  for (;;) {
    screen.write(`${hint} (Ctrl-D lets the run rest): `);
    const line = await keyboard.readLine(signal);
    if (line === undefined) {
      screen.write("\n");
      return undefined;
    }
    const typed = parseAnswer(line, choices?.length);
    if ("answer" in typed) return typed.answer;
    screen.write(`${typed.problem}\n`);
  }
}

function wordsOf({ question, choices: _, ...others }: WaitingStep["question"]): string {
  const rest = Object.keys(others).length === 0 ? "" : ` ${showText(JSON.stringify(others))}`;
  return `${typeof question === "string" ? showText(question) : ""}${rest}`;
}
