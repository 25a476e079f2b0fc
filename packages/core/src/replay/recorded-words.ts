import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Step } from "../manifest/model.js";
import { closedFields, privateParamsOf, type ReadSecret } from "./private-fields.js";
import type { StepOverride } from "./replay-facts.js";

/** What a step said to its provider, opened. */
export interface RecordedWords {
  readonly prompt: string | undefined;
  /** With `seed`, `negativePrompt` and `providerOptions`, as a pipeline's step takes them. */
  readonly params: JsonObject;
  /** Names of parameters that the manifest does not show. */
  readonly privateParams: readonly string[];
}

/** OPENING_NEEDED for a private value that neither was opened nor is replaced; the value is never shown. */
export function recordedWords(
  step: Step,
  name: string,
  override: StepOverride,
  readField: (field: string) => ReturnType<ReadSecret>,
): RecordedWords {
  const closed = closedFields(step);
  const opened = new Map<string, JsonValue>();
  for (const field of closed) {
    const value = readField(field);
    if (value !== undefined) opened.set(field, value);
    else if (!isReplaced(field, override)) throw openingNeeded(step, name, field);
  }
  const shown = (field: string, value: JsonValue | undefined) => (closed.includes(field) ? opened.get(field) : value);
  const prompt = shown("prompt", step.prompt ?? undefined);
  const seed = shown("seed", seedOf(step));
  const negativePrompt = shown("negative_prompt", step.negativePrompt ?? undefined);
  const names = [...Object.keys(step.params), ...privateParamsOf(closed.filter((field) => field !== "seed"))];
  const params = [...new Set(names)].map((param): [string, JsonValue | undefined] => [
    param,
    shown(`params.${param}`, step.params[param]),
  ]);
  return {
    prompt: typeof prompt === "string" ? prompt : undefined,
    params: known([...params, ["seed", seed ?? step.params.seed], ["negativePrompt", negativePrompt ?? undefined]]),
    privateParams: privateParamsOf(closed),
  };
}

/** The seed, where a provider of this SDK can be given it. */
function seedOf({ seed }: Step): number | undefined {
  return typeof seed === "number" ? seed : undefined;
}

function known(entries: readonly (readonly [string, JsonValue | undefined])[]): JsonObject {
  // What is undefined was taken out, so that every entry is JSON.
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as JsonObject;
}

function isReplaced(field: string, { prompt, params = {} }: StepOverride): boolean {
  if (field === "prompt") return prompt !== undefined;
  if (field === "negative_prompt") return Object.hasOwn(params, "negativePrompt");
  return Object.hasOwn(params, field.replace(/^params\./, ""));
}

function openingNeeded({ promptVisibility }: Step, step: string, field: string): GenblazeError {
  const isEncrypted = promptVisibility === "encrypted";
  const means = isEncrypted
    ? "encryptionKey (--decrypt) the key that the run had"
    : "opening (--opening) what the run wrote";
  const message = `Step "${step}" keeps its "${field}" ${promptVisibility}. Give replay option ${means}, or replace the value in overrides (--set).`;
  return new GenblazeError("OPENING_NEEDED", message, { details: { step, field } });
}
