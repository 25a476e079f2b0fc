import type { JsonObject, JsonValue } from "@genblaze/core";
import type { CommandCall } from "./command.js";
import { showText } from "./show-text.js";
import { linesOf, type ShownChoice } from "./shown-choice.js";

const DEFAULT_CACHE = ".genblaze-cache";

/** What a call leaves open: the questions by the names of the steps that wait, and the answers that were given. */
export interface OpenQuestions {
  readonly questions: ReadonlyMap<string, JsonObject>;
  readonly answers: JsonObject;
}

/** What the next call has to know of the run that rests. */
export interface RestingRun extends OpenQuestions {
  readonly waiting: readonly string[];
  /** What may be chosen, with a file of each, by the names of the steps that ask. */
  readonly choices: Readonly<Record<string, readonly ShownChoice[]>>;
  /** Whether some of its steps are private, which no cache of the command line keeps. */
  readonly hasPrivateSteps: boolean;
  /** A place for the opening of the next run; that of this one is taken. */
  readonly opening: string | undefined;
}

/** Lines that say what waits and how to answer, with a command that can be pasted into a shell. */
export function describeWaiting(call: CommandCall, resting: RestingRun): readonly string[] {
  const { waiting, questions, choices } = resting;
  if (waiting.length === 0) return [];
  const asked = waiting.flatMap((step) => {
    const question = questions.get(step)?.question;
    return [
      `"${step}" waits for an answer${typeof question === "string" ? `: ${showText(question)}` : ""}`,
      ...linesOf(choices[step] ?? []),
    ];
  });
  return [...asked, howToAnswer(call, resting), `  ${nextCall(call, resting)}`];
}

function howToAnswer({ values }: CommandCall, { hasPrivateSteps }: RestingRun): string {
  if (values.cache === undefined) {
    return "No cache, so the next call makes its outputs anew and pays for them. Give it a cache, look at what it made, and answer then:";
  }
  return hasPrivateSteps
    ? "Answer with this call (private steps are made anew and paid for again, as no cache keeps them; the others come from the cache):"
    : "Answer with this call (what was made comes from the cache and is not paid for again):";
}

/** The call that goes on: with the answers where the work is in a cache, else with a cache. */
export function nextCall({ positionals, values, terminal }: CommandCall, resting: RestingRun): string {
  const { waiting, questions, answers, opening } = resting;
  const given = Object.fromEntries(waiting.map((step) => [step, approvalFor(questions.get(step))]));
  const more: CommandCall["values"] =
    values.cache === undefined ? { cache: DEFAULT_CACHE } : { answers: JSON.stringify({ ...answers, ...given }) };
  const all: CommandCall["values"] = { ...values, ...more, opening };
  const options = Object.entries(all).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : typeof value === "string" ? [`--${name}`, quoted(value)] : [],
  );
  const command = (terminal.command ?? ["genblaze"]).map(quoted);
  return [...command, "run", ...positionals.map(quoted), ...options].join(" ");
}

/** The form that a gate takes; of other nodes only they know it. */
function approvalFor(question: JsonObject | undefined): JsonValue {
  return Array.isArray(question?.choices) ? { approved: true } : "...";
}

/** One word of a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-][\w@%+=:,./#-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
