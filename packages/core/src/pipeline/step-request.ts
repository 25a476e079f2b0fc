import { GenblazeError } from "../errors/genblaze-error.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonObject } from "../json/json-value.js";
import { describeValue } from "../options/describe-value.js";
import type { InputAsset, StepRequest } from "../provider/provider.js";
import { assertNoSecret } from "./assert-no-secret.js";
import type { StepDefinition } from "./definition.js";
import { toJsonSchema } from "./output-schema.js";
import { isReference, type Reference } from "./reference.js";

/** Where a reference's source value comes from while a request is built. */
export type ReadSource = (source: string) => unknown;

/** Resolves a step's references and lifts `seed` and `negativePrompt` out of its parameters. */
export function buildRequest(step: StepDefinition, inputs: readonly InputAsset[], readSource: ReadSource): StepRequest {
  const { seed, negativePrompt, ...params } = resolveParams(step, readSource);
  return {
    model: step.model,
    type: step.type,
    prompt: resolvePrompt(step, readSource),
    negativePrompt: checkStandard(step, "negativePrompt", negativePrompt, isText, "a text"),
    seed: checkStandard(step, "seed", seed, Number.isSafeInteger, "a whole number"),
    params,
    providerOptions: step.providerOptions,
    inputs,
    outputSchema: step.output === undefined ? undefined : toJsonSchema(step.output),
  };
}

/** The words of a request as the journal and the manifest keep them: options of the provider are one more parameter. */
export function recordedRequest({ prompt, negativePrompt, seed, params, providerOptions }: StepRequest): {
  readonly prompt: string | undefined;
  readonly negativePrompt: string | undefined;
  readonly seed: number | undefined;
  readonly params: JsonObject;
} {
  const hasOptions = Object.keys(providerOptions).length > 0;
  return { prompt, negativePrompt, seed, params: hasOptions ? { ...params, providerOptions } : params };
}

function resolveParams(step: StepDefinition, readSource: ReadSource): JsonObject {
  const resolved = Object.entries(step.params).map(([name, value]): [string, unknown] => [
    name,
    isReference(value) ? compute(step, `params.${name}`, value, readSource) : value,
  ]);
  // Static values were checked when the step was added.
  const computed = resolved.filter(([name]) => isReference(step.params[name]));
  assertNoSecret({ params: Object.fromEntries(computed) }, step.key);
  return Object.fromEntries(resolved.filter(([, value]) => value !== undefined)) as JsonObject;
}

function resolvePrompt(step: StepDefinition, readSource: ReadSource): string | undefined {
  if (!isReference(step.prompt)) return step.prompt;
  const prompt = compute(step, "prompt", step.prompt, readSource);
  if (typeof prompt === "string") return prompt;
  throw failed(step, "prompt", step.prompt.source, `must give a text, but gave ${describeParam(step, prompt)}`);
}

function compute(step: StepDefinition, option: string, reference: Reference, readSource: ReadSource): unknown {
  let value: unknown;
  try {
    value = reference.compute(readSource(reference.source));
  } catch (error) {
    throw failed(
      step,
      option,
      reference.source,
      // The message may quote what a private prompt is made of.
      step.promptVisibility === "public" ? `threw: ${error instanceof Error ? error.message : "no Error"}` : "threw",
      step.promptVisibility === "public" ? error : undefined,
    );
  }
  const wrong = value === undefined ? undefined : findNonJson(value);
  if (wrong === undefined) return value;
  const place = wrong === "" || step.promptVisibility !== "public" ? "" : ` at "${wrong}"`;
  throw failed(step, option, reference.source, `gave something that is not JSON${place}`);
}

function failed(step: StepDefinition, option: string, source: string, what: string, cause?: unknown): GenblazeError {
  return new GenblazeError(
    "REFERENCE_FAILED",
    `Step "${step.key}": the function of from("${source}") for "${option}" ${what}.`,
    { cause, details: { step: step.key, option, source } },
  );
}

function checkStandard<T>(
  step: StepDefinition,
  name: string,
  value: unknown,
  fits: (value: unknown) => boolean,
  expected: string,
): T | undefined {
  if (value === undefined) return undefined;
  // `fits` has just established the type that the caller asked for.
  if (fits(value)) return value as T;
  throw new GenblazeError(
    "INVALID_OPTION",
    `Step "${step.key}": option "params.${name}" must be ${expected}; ${describeParam(step, value)} was given.`,
  );
}

/** A number may be the private value itself. */
function describeParam({ promptVisibility }: StepDefinition, value: unknown): string {
  return promptVisibility === "public" ? describeValue(value) : `a ${typeof value}`;
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}
