import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { Modality } from "../manifest/model.js";
import { checkOptions } from "../options/check-options.js";
import { describeValue } from "../options/describe-value.js";
import { modelId, name, text } from "../pipeline/option-schemas.js";
import type { Provider } from "../provider/provider.js";
import { askClassifier } from "./ask-classifier.js";
import { readClassification } from "./classification.js";
import { type Question, toClassifyRequest } from "./classify-request.js";
import type { Guard, GuardVerdict, OutputCheck, PromptCheck } from "./guard.js";
import { type GuardStage, guardAt, guardStage } from "./guard-stage.js";
import { mediaOf } from "./media-of.js";
import { textsOfOutput, textsOfPrompt } from "./texts-of.js";
import { ALLOWED, allowExcept } from "./verdicts.js";

export interface ClassifierOptions {
  readonly model: string;
  /** What the model is asked about the content. @default whether it falls into one of the categories */
  readonly question?: string | undefined;
  /** What is not allowed, each in a few words; the answer must name one of them. */
  readonly categories: readonly string[];
  /**
   * How sure the model must be that something is not allowed, from 0 to 1. Without it the model is not asked how sure
   * it is. @default every "not allowed" counts
   */
  readonly threshold?: number | undefined;
  /** What is looked at: words that go in, what comes out, or both. @default "both" */
  readonly checks?: GuardStage | undefined;
}

/** A provider of texts, whatever else it is. */
export type TextProvider = Provider<"text", Modality, unknown>;

const optionsSchema = z.strictObject({
  model: modelId,
  question: text.min(1, "a question is expected").optional(),
  categories: z.array(name, "a list of categories is expected").min(1, "at least one category is expected"),
  threshold: z
    .number("a number from 0 to 1 is expected")
    .min(0, "at least 0 is expected")
    .max(1, "at most 1 is expected")
    .optional(),
  checks: guardStage.optional(),
});

/**
 * Asks a chat model whether content is allowed. The content is handed over as data that cannot end its own quotation,
 * and only an answer that is JSON of the asked form counts: anything else is a rejection. Of outputs, texts are looked
 * at, and media of the kinds that the provider accepts; the rest is let pass with a warning.
 *
 * The words of a private step are sent to this provider; its reason is then not shown, nor the text of its errors.
 * What it costs is in no manifest. An error of the provider fails the step. INVALID_OPTION for a provider of something
 * else than text, and for an option that is not of its form.
 *
 * @example
 * classifier(chat, { model: "small", categories: ["violence", "medical advice"] });
 */
export function classifier(provider: TextProvider, options: ClassifierOptions): Guard {
  assertTextProvider(provider);
  const checked = checkOptions(optionsSchema, options, "classifier(provider, options)");
  const { checks = "both", ...question } = checked;
  return guardAt(checks, {
    name: `classifier ${provider.name}/${question.model}`,
    checkPrompt: (check) => checkPrompt(provider, question, check),
    checkOutput: (check) => checkOutput(provider, question, check),
  });
}

async function checkPrompt(provider: TextProvider, question: Question, check: PromptCheck): Promise<GuardVerdict> {
  const words = textsOfPrompt(check);
  if (words === "") return ALLOWED;
  const request = toClassifyRequest(question, "asked for", words, []);
  const { output } = await askClassifier(provider, request, check);
  return readClassification(output, question, check.isPrivate);
}

async function checkOutput(provider: TextProvider, question: Question, check: OutputCheck): Promise<GuardVerdict> {
  const words = await textsOfOutput(check);
  const media = await mediaOf(check, provider.accepts);
  const gaps = [...words.gaps, ...media.gaps];
  if (words.text === "" && media.inputs.length === 0) return allowExcept(gaps);
  const request = toClassifyRequest(question, "made", words.text, media.inputs);
  const { output, warnings } = await askClassifier(provider, request, check);
  const verdict = readClassification(output, question, check.isPrivate);
  if (!verdict.allowed || media.inputs.length === 0) return verdict.allowed ? allowExcept(gaps) : verdict;
  // A provider that says that it left an input out has not looked at it.
  const leftOut = warnings.filter(({ option }) => option.startsWith("inputs")).map(({ message }) => message);
  return allowExcept([...gaps, ...leftOut]);
}

function assertTextProvider(provider: unknown): void {
  const isProvider = typeof provider === "object" && provider !== null;
  const yields: unknown = isProvider ? Reflect.get(provider, "yields") : undefined;
  if (yields === "text" && isProvider && typeof Reflect.get(provider, "submit") === "function") return;
  const came = typeof yields === "string" ? `one that yields ${yields}` : describeValue(provider);
  const message = `classifier(provider, options): a provider that yields text is expected; ${came} was given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}
