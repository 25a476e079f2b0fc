import type { JsonObject, JsonValue } from "@genblaze/core";
import type { CommandCall } from "./command.js";

const DEFAULT_CACHE = ".genblaze-cache";

/** What a call leaves open: the questions by the names of the steps that wait, and the answers that were given. */
export interface OpenQuestions {
  readonly questions: ReadonlyMap<string, JsonObject>;
  readonly answers: JsonObject;
}

/** Lines that say what waits and how to answer, with a command that can be pasted into a shell. */
export function describeWaiting(call: CommandCall, waiting: readonly string[], open: OpenQuestions): readonly string[] {
  if (waiting.length === 0) return [];
  const asked = waiting.map((step) => {
    const question = open.questions.get(step)?.question;
    return `"${step}" waits for an answer${typeof question === "string" ? `: ${question}` : ""}`;
  });
  const keepsWork = call.values.cache !== undefined;
  const how = keepsWork
    ? "Answer with this call (what was made comes from the cache and is not paid for again):"
    : "Nothing of this run is kept, so the next call makes its outputs anew and pays for them. Give it a cache, look at what it made, and answer then:";
  return [...asked, how, `  ${nextCall(call, waiting, open)}`];
}

/** The call that goes on: with the answers where the work is in a cache, else with a cache. */
export function nextCall(
  { positionals, values }: CommandCall,
  waiting: readonly string[],
  { questions, answers }: OpenQuestions,
): string {
  const given = Object.fromEntries(waiting.map((step) => [step, approvalFor(questions.get(step))]));
  const more: CommandCall["values"] =
    values.cache === undefined ? { cache: DEFAULT_CACHE } : { answers: JSON.stringify({ ...answers, ...given }) };
  const options = Object.entries({ ...values, ...more }).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : typeof value === "string" ? [`--${name}`, quoted(value)] : [],
  );
  return ["genblaze run", ...positionals.map(quoted), ...options].join(" ");
}

/** The form that a gate takes; of other nodes only they know it. */
function approvalFor(question: JsonObject | undefined): JsonValue {
  return Array.isArray(question?.choices) ? { approved: true } : "...";
}

/** One word of a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-][\w@%+=:,./#-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
