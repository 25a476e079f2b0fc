import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { Guard } from "../guard/guard.js";
import { didYouMean } from "../internal/closest-name.js";
import type { JsonObject } from "../json/json-value.js";
import type { Modality } from "../manifest/model.js";
import { trimBlanks } from "../manifest/trim-blanks.js";
import { checkOptions } from "../options/check-options.js";
import { describeValue } from "../options/describe-value.js";
import type { Runtime } from "../run/runtime.js";
import { isSafeTenant } from "../storage/keys.js";
import { checkStep } from "./check-step.js";
import type { PipelineDefinition, StepDefinition } from "./definition.js";
import { isDefinition } from "./is-definition.js";
import { guardList, jsonObject, name, runtime, schemaLike } from "./option-schemas.js";
import type { SchemaLike } from "./scope.js";

/** What `new Pipeline(name, options)` takes. */
export interface PipelineOptions<In = unknown, A extends Modality = never> {
  /** Let a step that names no inputs take the assets of the nearest earlier step that made something it accepts. @default false */
  readonly chain?: boolean;
  /** Schema of the run's input, which `from("input", ...)` reads. @default no input */
  readonly input?: SchemaLike<In>;
  /** The kinds of assets that whoever runs it gives it; its steps take them by `inputs: ["input"]`. @default none */
  readonly accepts?: readonly A[];
  /** Look at the words and outputs of every step of a provider, those inside nodes too. @default [] */
  readonly guards?: readonly Guard[];
  /** Facts for the manifest of every run; hashed. @default {} */
  readonly metadata?: JsonObject;
  /** Whose runs these are; part of storage keys and of the hash. @default none */
  readonly tenantId?: string;
  /** @default none */
  readonly projectId?: string;
  /** What its runs get from outside, when a run names no other. @default a new one with real time and network */
  readonly runtime?: Runtime;
}

const pipelineOptions = z.strictObject({
  chain: z.boolean("true or false is expected").optional(),
  input: schemaLike.optional(),
  accepts: z
    .array(z.enum(["image", "video", "audio", "text"]), 'a list of kinds like ["image"] is expected')
    .optional(),
  guards: guardList.optional(),
  metadata: jsonObject.optional(),
  tenantId: name
    .transform(trimBlanks)
    .refine((tenantId) => tenantId !== "", "a tenant id must not be blank")
    .refine(isSafeTenant, 'a tenant id without "." and ".." parts is expected')
    .optional(),
  projectId: name.optional(),
  runtime: runtime.optional(),
});
const bareOptions = z.strictObject({ runtime: runtime.optional() });

/** A pipeline's checked definition, and the runtime that its runs have unless they name another. */
export interface CheckedPipeline {
  readonly definition: PipelineDefinition;
  readonly runtime: Runtime | undefined;
}

/** Checks what `new Pipeline` is given: a name, or a definition that a pipeline made, and options. */
export function checkPipeline(start: unknown, options: unknown): CheckedPipeline {
  if (isDefinition(start))
    return { definition: start, runtime: checkOptions(bareOptions, options, "new Pipeline").runtime };
  const verdict = name.safeParse(start);
  if (!verdict.success) {
    const message = `new Pipeline(name): ${verdict.error.issues[0]?.message}; ${describeValue(start)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const { runtime: own, ...checked } = checkOptions(pipelineOptions, options, `Pipeline "${verdict.data}"`);
  const definition = Object.freeze({
    name: verdict.data,
    chain: checked.chain ?? false,
    input: checked.input,
    accepts: checked.accepts ?? [],
    guards: checked.guards ?? [],
    metadata: checked.metadata ?? {},
    tenantId: checked.tenantId,
    projectId: checked.projectId,
    yields: undefined,
    steps: [],
  });
  return { definition, runtime: own };
}

/** Checks a whole pipeline that is given as data. */
export function checkPipelineData(data: unknown): PipelineDefinition {
  if (typeof data !== "object" || data === null) {
    throw new GenblazeError("INVALID_OPTION", `Pipeline.from({ name, steps }): ${describeValue(data)} was given.`);
  }
  // An object of unknown entries is all that is known here; each is checked below.
  const { name: pipelineName, steps, yields, ...options } = data as Readonly<Record<string, unknown>>;
  const { definition } = checkPipeline(pipelineName, options);
  if (!Array.isArray(steps)) {
    const message = `Pipeline.from({ name, steps }): a list of steps is expected; ${describeValue(steps)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const whole = withSteps(definition, steps.map(checkStepData));
  return yields === undefined ? whole : yielding(whole, yields);
}

/** The definition that yields what the step of that name does; UNKNOWN_STEP when there is none. */
export function yielding(definition: PipelineDefinition, given: unknown): PipelineDefinition {
  const names = definition.steps.map(({ key }) => key);
  if (typeof given === "string" && names.includes(given)) return Object.freeze({ ...definition, yields: given });
  const [came, hint] =
    typeof given === "string" ? [`"${given}"`, didYouMean(given, names)] : [describeValue(given), ""];
  const message = `Pipeline "${definition.name}" is said to yield ${came}, which is no step of it.${hint} It has: ${names.join(", ")}.`;
  throw new GenblazeError("UNKNOWN_STEP", message);
}

/** The definition with one more step; DUPLICATE_STEP when its name is taken. */
export function appendStep(definition: PipelineDefinition, source: unknown, options: unknown): PipelineDefinition {
  return withSteps(definition, [checkStep(source, options, definition.steps.length)]);
}

function checkStepData(data: unknown, index: number): StepDefinition {
  if (typeof data !== "object" || data === null) {
    const message = `Step ${index + 1}: an object with a provider and a model (or a node) is expected; ${describeValue(data)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  // As above: entries of which nothing is known yet.
  const { provider, node, ...options } = data as Readonly<Record<string, unknown>>;
  return checkStep(node ?? provider, options, index);
}

function withSteps(definition: PipelineDefinition, added: readonly StepDefinition[]): PipelineDefinition {
  const steps = [...definition.steps, ...added];
  const keys = new Set<string>();
  for (const { key } of steps) {
    if (keys.has(key)) {
      throw new GenblazeError("DUPLICATE_STEP", `Two steps are named "${key}". Give one of them another name.`);
    }
    keys.add(key);
  }
  // Of a longer pipeline the last step is another one.
  return Object.freeze({ ...definition, yields: undefined, steps: Object.freeze(steps) });
}
