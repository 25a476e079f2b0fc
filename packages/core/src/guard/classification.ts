import { sanitizeErrorText } from "../errors/sanitize-error-text.js";
import { parseAnswer } from "../json/parse-answer.js";
import type { ProviderOutput } from "../provider/provider.js";
import { answerSchema, type Question } from "./classify-request.js";
import type { GuardVerdict } from "./guard.js";
import { ALLOWED, reject } from "./verdicts.js";

/**
 * The verdict that an answer stands for. Only an answer of the asked form, and one that does not contradict itself,
 * counts; a reason given for private words is not repeated, as it may quote them.
 */
export function readClassification(output: ProviderOutput, question: Question, isPrivate: boolean): GuardVerdict {
  const answer = answerSchema(question).safeParse(output.json ?? readText(output.text));
  if (!answer.success) return unclassified;
  const { allowed, category, reason } = answer.data;
  if (allowed) return category === null ? ALLOWED : unclassified;
  if (!isSureEnough(answer.data, question)) return ALLOWED;
  const what = category === null ? "The content is not allowed" : `The content falls into the category "${category}"`;
  const shown = sanitizeErrorText(reason).trim();
  const sentence = isPrivate || shown === "" ? `${what}.` : `${what}: ${shown}`;
  return reject(sentence, category === null ? [] : [category]);
}

const unclassified = reject("The content could not be classified: the answer is not of the form that was asked for.");

function isSureEnough(answer: object, { threshold }: Question): boolean {
  const certainty: unknown = Reflect.get(answer, "certainty");
  return threshold === undefined || typeof certainty !== "number" || certainty >= threshold;
}

/** The JSON of a text, or undefined, which fits no form. */
function readText(text: string | undefined): unknown {
  try {
    return parseAnswer(text ?? "");
  } catch {
    return undefined;
  }
}
