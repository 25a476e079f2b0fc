import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { didYouMean } from "../internal/closest-name.js";
import { findNonJson } from "../json/find-non-json.js";
import type { JsonObject } from "../json/json-value.js";
import { WIRE_STEP_TYPES } from "../manifest/model.js";
import { checkOptions } from "../options/check-options.js";
import { describeValue } from "../options/describe-value.js";
import type { StepType } from "../provider/provider.js";
import { assertNoSecret } from "./assert-no-secret.js";
import type { InputBinding, StepDefinition } from "./definition.js";
import { jsonObject, modelId, name, schemaLike, text, timeoutMs } from "./option-schemas.js";
import { isReference, type Reference } from "./reference.js";
import type { AnyProvider, StepVisibility } from "./step-options.js";

const stepTypes = [
  ...WIRE_STEP_TYPES,
  "classify",
  "transcribe",
  "caption",
  "moderate",
  "judge",
  "compose",
] as const satisfies readonly StepType[];

const visibilities = ["public", "private", "encrypted"] as const satisfies readonly StepVisibility[];

const modalities: readonly unknown[] = ["image", "video", "audio", "text"];

const reference = z.custom<Reference>(isReference);

const stepOptions = z.strictObject({
  name: name.optional(),
  model: modelId,
  prompt: z.union([text, reference], "a text or from(...) is expected").optional(),
  params: z.record(z.string(), z.unknown(), "an object of parameters is expected").optional(),
  providerOptions: jsonObject.optional(),
  inputs: z
    .union(
      [z.array(z.string()), z.record(z.string(), z.union([z.string(), z.array(z.string())]))],
      "step names are expected, as a list or as { role: name }",
    )
    .optional(),
  type: z.enum(stepTypes, `one of ${stepTypes.join(", ")} is expected`).optional(),
  output: schemaLike.optional(),
  timeoutMs: timeoutMs.optional(),
  metadata: jsonObject.optional(),
  promptVisibility: z.enum(visibilities, `one of ${visibilities.join(", ")} is expected`).optional(),
  privateParams: z.array(z.string(), "a list of parameter names is expected").optional(),
});

/** Checks one step's options and fills in the defaults; INVALID_OPTION or WRONG_MODALITY on the first thing wrong. */
export function checkStep(provider: unknown, options: unknown, index: number): StepDefinition {
  const where = `Step ${index + 1}`;
  assertProvider(provider, where);
  const checked = checkOptions(stepOptions, options, where);
  const key = checked.name ?? `step-${index + 1}`;
  if (key === "input") {
    throw new GenblazeError("INVALID_OPTION", `${where}: the name "input" stands for the run's input; choose another.`);
  }
  if (checked.output !== undefined && provider.yields !== "text") {
    throw new GenblazeError(
      "WRONG_MODALITY",
      `Step "${key}": an output schema is for steps that yield text, but ${provider.name} yields ${provider.yields}. Leave \`output\` out.`,
    );
  }
  return Object.freeze({
    key,
    provider,
    model: checked.model,
    type: checked.type ?? "generate",
    prompt: checked.prompt,
    params: checkParams(checked.params ?? {}, key, checked.promptVisibility !== undefined),
    providerOptions: checkProviderOptions(checked.providerOptions ?? {}, key),
    inputs: toBindings(checked.inputs),
    output: checked.output,
    timeoutMs: checked.timeoutMs,
    metadata: checked.metadata ?? {},
    promptVisibility: checked.promptVisibility ?? "public",
    privateParams: checkPrivateParams(checked, key),
  });
}

/** Keys inside a private parameter may be as private as its values, so its own name is all that is shown of it. */
function checkParams(
  params: Readonly<Record<string, unknown>>,
  key: string,
  isPrivate: boolean,
): Readonly<Record<string, unknown>> {
  const given = Object.entries(params).filter(([, value]) => value !== undefined);
  // A reference stands for the JSON that it will give.
  const settled = Object.fromEntries(given.map(([param, value]) => [param, isReference(value) ? null : value]));
  const wrong = findNonJson(settled, "params");
  if (wrong !== undefined) {
    const [param = "", value] = given.find(([name]) => wrong.startsWith(`params.${name}`)) ?? [];
    const place = isPrivate ? `params.${param}` : wrong;
    const came = isPrivate ? "something else" : describeValue(value);
    const message = `Step "${key}": option "${place}" must be JSON or from(...); ${came} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  assertNoSecret({ params: settled }, key);
  return Object.freeze(Object.fromEntries(given));
}

function checkProviderOptions(providerOptions: JsonObject, key: string): JsonObject {
  assertNoSecret({ providerOptions }, key);
  return providerOptions;
}

/** A name that is no parameter would protect nothing. */
function checkPrivateParams(checked: z.infer<typeof stepOptions>, key: string): readonly string[] {
  const { privateParams = [], params = {}, providerOptions, promptVisibility = "public" } = checked;
  if (privateParams.length > 0 && promptVisibility === "public") {
    const advice = 'Say promptVisibility: "private" or "encrypted" too.';
    throw new GenblazeError("INVALID_OPTION", `Step "${key}": a public step has no private parameters. ${advice}`);
  }
  const names = [...Object.keys(params), ...(providerOptions === undefined ? [] : ["providerOptions"])];
  const unknown = privateParams.find((param) => !names.includes(param));
  if (unknown === undefined) return privateParams;
  const message = `Step "${key}": option "privateParams" names "${unknown}", which is none of its parameters.`;
  throw new GenblazeError("INVALID_OPTION", `${message}${didYouMean(unknown, names)}`);
}

function toBindings(inputs: z.infer<typeof stepOptions>["inputs"]): readonly InputBinding[] | undefined {
  if (inputs === undefined) return undefined;
  if (Array.isArray(inputs)) return inputs.map((step) => ({ role: undefined, step }));
  return Object.entries(inputs).flatMap(([role, steps]) => [steps].flat().map((step) => ({ role, step })));
}

function assertProvider(provider: unknown, where: string): asserts provider is AnyProvider {
  const problem = findProviderProblem(provider);
  if (problem === undefined) return;
  const message = `${where}: the first argument must be a provider like \`local.image\`; ${problem}.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

function findProviderProblem(provider: unknown): string | undefined {
  if (typeof provider !== "object" || provider === null) return `${describeValue(provider)} was given`;
  // Reflect.get sees the methods of a class instance too.
  const isFunction = (key: string) => typeof Reflect.get(provider, key) === "function";
  if (!isFunction("prepare") || !isFunction("submit")) return "this one has no `prepare` or no `submit` function";
  if (!name.safeParse(Reflect.get(provider, "name")).success) return "this one has no `name`";
  if (!modalities.includes(Reflect.get(provider, "yields")))
    return `\`yields\` must be one of ${modalities.join(", ")}`;
  if (!Array.isArray(Reflect.get(provider, "accepts"))) return "`accepts` must be a list";
  const models: unknown = Reflect.get(provider, "models");
  return typeof models === "object" && models !== null ? undefined : "`models` must be an object";
}
