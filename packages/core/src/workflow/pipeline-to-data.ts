import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { InputBinding, NodeStep, StepDefinition } from "../pipeline/definition.js";
import { isExternalAsset } from "../pipeline/external-asset.js";
import { toJsonSchema } from "../pipeline/output-schema.js";
import type { Plan, PlannedStep } from "../pipeline/plan.js";
import { isReference } from "../pipeline/reference.js";
import type { SchemaLike } from "../pipeline/scope.js";
import { assertNoPrivateWords } from "./assert-no-private-words.js";
import { fallbacksToData } from "./fallbacks-to-data.js";
import type { NameRegister } from "./name-register.js";
import { nodeToData } from "./node-to-data.js";
import { providerToData, unlessBare } from "./provider-to-data.js";
import type { WorkflowInput, WorkflowPipeline, WorkflowStep } from "./workflow.js";
import { workflowProblem } from "./workflow-problem.js";

/** A planned pipeline, with those inside it, as data. */
export function pipelineToData({ definition, steps }: Plan, names: NameRegister): WorkflowPipeline {
  const { name, chain, accepts, metadata, input, guards, yields } = definition;
  return {
    name,
    chain,
    accepts,
    metadata,
    input: schemaToData(input, `Pipeline "${name}", option "input"`),
    guards: unlessEmpty(guards.map((guard) => names.ofNamed(guard, name, "guards"))),
    yields,
    steps: steps.map((planned) => stepToData(planned, names)),
  };
}

function stepToData(planned: PlannedStep, names: NameRegister): WorkflowStep {
  const { step } = planned;
  const { key, prompt, when, join, output, privateParams } = step;
  assertNoPrivateWords(planned);
  return {
    name: key,
    ...workToData(planned, names),
    ...paramsToData(step, names),
    prompt: isReference(prompt) ? names.ofReference(prompt, key, "prompt") : prompt,
    providerOptions: unlessBare(step.providerOptions),
    inputs: step.inputs?.map((binding) => inputToData(binding, key, names)),
    after: unlessEmpty(step.after),
    when: when === undefined ? undefined : names.ofReference(when, key, "when"),
    optional: step.optional || undefined,
    join: join === "all" ? undefined : join,
    type: unless(step.type, "generate"),
    output: schemaToData(output, `Step "${key}", option "output"`),
    timeoutMs: step.timeoutMs,
    attemptTimeoutMs: step.attemptTimeoutMs,
    poll: step.poll,
    guards: unlessEmpty(step.guards.map((guard) => names.ofNamed(guard, key, "guards"))),
    regenerate: unless(step.regenerate, 0),
    retry: step.retry,
    ...fallbacksToData(step),
    cache: step.cache,
    metadata: unlessBare(step.metadata),
    promptVisibility: unless(step.promptVisibility, "public"),
    privateParams: unlessEmpty(privateParams),
  };
}

/** Who does the work: a provider, or a node. */
function workToData(planned: PlannedStep, names: NameRegister) {
  const { step } = planned;
  if (step.kind === "provider") return { provider: providerToData(step.provider), model: step.model };
  return { node: nodeToData(step, planned.bodies, names, pipelineToData), ...nodeInputToData(step, names) };
}

function nodeInputToData({ key, input }: NodeStep, names: NameRegister): Pick<WorkflowStep, "input" | "inputFrom"> {
  if (isReference(input)) return { inputFrom: names.ofReference(input, key, "input") };
  // The definition was checked: what is no reference is JSON.
  return { input: input as JsonValue | undefined };
}

function paramsToData({ key, params }: StepDefinition, names: NameRegister) {
  const entries = Object.entries(params);
  const computed = entries.flatMap(([name, value]) =>
    isReference(value) ? [[name, names.ofReference(value, key, `params.${name}`)] as const] : [],
  );
  // The definition was checked: what is no reference is JSON.
  const literal = Object.fromEntries(entries.filter(([, value]) => !isReference(value))) as JsonObject;
  return { params: unlessBare(literal), paramsFrom: computed.length === 0 ? undefined : Object.fromEntries(computed) };
}

function inputToData({ role, source }: InputBinding, key: string, names: NameRegister): WorkflowInput {
  if (typeof source === "string") return { role, source };
  if (!isExternalAsset(source)) return { role, source: names.ofReference(source, key, "inputs") };
  const message = `Step "${key}": option "inputs" has a file from outside ("${source.label}"), which a workflow cannot keep. Let the pipeline accept it (accepts: [...], inputs: ["input"]) and give it to each run.`;
  throw workflowProblem(message, { step: key });
}

function schemaToData(schema: SchemaLike | undefined, where: string): JsonObject | undefined {
  if (schema === undefined) return undefined;
  const json = toJsonSchema(schema);
  if (json !== undefined) return json;
  const message = `${where}: a workflow keeps schemas as JSON Schema, and this one cannot be turned into it. Use a zod schema there.`;
  throw workflowProblem(message);
}

function unless<T>(value: T, usual: T): T | undefined {
  return value === usual ? undefined : value;
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
