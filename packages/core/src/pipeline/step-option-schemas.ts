import { z } from "zod";
import { WIRE_STEP_TYPES } from "../manifest/model.js";
import type { StepType } from "../provider/provider.js";
import { retryOption } from "../retry/retry-policy.js";
import { pollingOption } from "../run/polling.js";
import type { InputData } from "./definition.js";
import { isExternalAsset } from "./external-asset.js";
import { fallbackOptions } from "./fallback.js";
import { guardList, jsonObject, modelId, name, schemaLike, text, timeoutMs } from "./option-schemas.js";
import { isReference, type Reference } from "./reference.js";
import type { CacheMode, StepVisibility } from "./step-options.js";

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

/** Whether results of steps are taken from the cache, and put into it. */
export const cacheModes = ["use", "bypass", "refresh"] as const satisfies readonly CacheMode[];

const reference = z.custom<Reference>(isReference, "from(...) is expected");
const isInput = (value: unknown) => typeof value === "string" || isReference(value) || isExternalAsset(value);
const inputEntry = z.custom<InputData>(isInput);

const common = {
  name: name.optional(),
  prompt: z.union([text, reference], "a text or from(...) is expected").optional(),
  params: z.record(z.string(), z.unknown(), "an object of parameters is expected").optional(),
  providerOptions: jsonObject.optional(),
  inputs: z
    .union(
      [z.array(inputEntry), z.record(z.string(), z.union([inputEntry, z.array(inputEntry)]))],
      "step names are expected, as a list or as { role: name }; files come by fileAsset(path) and the like",
    )
    .optional(),
  after: z.array(name, "a list of step names is expected").optional(),
  when: reference.optional(),
  optional: z.boolean("true or false is expected").optional(),
  join: z
    .union(
      [z.literal("all"), z.literal("any"), z.strictObject({ atLeast: z.int().min(1) })],
      '"all", "any" or { atLeast: a whole number from 1 } is expected',
    )
    .optional(),
  type: z.enum(stepTypes, `one of ${stepTypes.join(", ")} is expected`).optional(),
  output: schemaLike.optional(),
  timeoutMs: timeoutMs.optional(),
  attemptTimeoutMs: timeoutMs.optional(),
  poll: pollingOption.optional(),
  guards: guardList.optional(),
  regenerate: z.int("a whole number is expected").min(0).max(100, "at most 100 are expected").optional(),
  retry: retryOption.optional(),
  cache: z.enum(cacheModes, `one of ${cacheModes.join(", ")} is expected`).optional(),
  metadata: jsonObject.optional(),
  promptVisibility: z.enum(visibilities, `one of ${visibilities.join(", ")} is expected`).optional(),
  privateParams: z.array(z.string(), "a list of parameter names is expected").optional(),
};

/** The options of a provider's step. */
export const providerStepOptions = z.strictObject({ ...common, model: modelId, ...fallbackOptions });

/** The options of a node's step. */
export const nodeStepOptions = z.strictObject({ ...common, input: z.unknown().optional() });

/** The options of a provider's step, checked. */
export type ProviderStepOptions = z.infer<typeof providerStepOptions>;

/** What both have. */
export type CommonStepOptions = Omit<z.infer<typeof nodeStepOptions>, "input">;
