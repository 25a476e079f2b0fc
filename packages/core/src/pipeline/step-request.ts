import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject } from "../json/json-value.js";
import { describeValue } from "../options/describe-value.js";
import type { InputAsset, StepRequest } from "../provider/provider.js";
import { assertNoSecret } from "./assert-no-secret.js";
import type { StepDefinition } from "./definition.js";
import { toJsonSchema } from "./output-schema.js";
import { isReference } from "./reference.js";
import { type ReadSource, referenceFailed, resolveJson } from "./resolve-reference.js";

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

/** The parameters of a step with their references resolved. */
export function resolveParams(step: StepDefinition, readSource: ReadSource): JsonObject {
  const resolved = Object.entries(step.params).map(([name, value]): [string, unknown] => [
    name,
    isReference(value) ? resolveJson(step, { option: `params.${name}`, reference: value }, readSource) : value,
  ]);
  // Static values were checked when the step was added.
  const computed = resolved.filter(([name]) => isReference(step.params[name]));
  assertNoSecret({ params: Object.fromEntries(computed) }, step.key);
  // Static values were checked to be JSON when the step was added, computed ones by `resolveJson`.
  return Object.fromEntries(resolved.filter(([, value]) => value !== undefined)) as JsonObject;
}

/** The prompt of a step, computed where it is a reference. */
export function resolvePrompt(step: StepDefinition, readSource: ReadSource): string | undefined {
  if (!isReference(step.prompt)) return step.prompt;
  const found = { option: "prompt", reference: step.prompt };
  const prompt = resolveJson(step, found, readSource);
  if (typeof prompt === "string") return prompt;
  throw referenceFailed(step, found, `must give a text, but gave ${describeParam(step, prompt)}`);
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
