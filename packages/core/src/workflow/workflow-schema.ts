import { z } from "zod";
import type { JsonValue } from "../json/json-value.js";
import { fallbackOptions } from "../pipeline/fallback.js";
import { jsonObject, modelId, name, text, timeoutMs } from "../pipeline/option-schemas.js";
import { nodeStepOptions } from "../pipeline/step-option-schemas.js";
import type {
  WorkflowBody,
  WorkflowDocument,
  WorkflowFallback,
  WorkflowNode,
  WorkflowPipeline,
  WorkflowStep,
  WorkflowTarget,
} from "./workflow.js";
import { WORKFLOW_FORMAT } from "./workflow.js";

// A name of a function is whatever JavaScript lets it be, so only its length is bounded.
const functionName = name;
// Where a document says the same as a step of a pipeline.
const { shape } = nodeStepOptions;
const modality = z.enum(["image", "video", "audio", "text"]);

const reference = z.strictObject({ from: z.array(z.string()).min(1), function: functionName });
const provider = z.strictObject({ name, yields: modality, accepts: z.array(modality) });

const target: z.ZodType<WorkflowTarget> = z.strictObject({
  provider,
  model: modelId,
  prompt: text.optional(),
  params: jsonObject.optional(),
  providerOptions: jsonObject.optional(),
  type: shape.type,
  timeoutMs: timeoutMs.optional(),
  metadata: jsonObject.optional(),
  inputs: z.array(z.never()).optional(),
});

const body: z.ZodType<WorkflowBody> = z
  .strictObject({ name, target: target.optional(), pipeline: z.lazy(() => pipeline).optional() })
  .refine((given) => (given.target === undefined) !== (given.pipeline === undefined), "a target or a pipeline");

const node: z.ZodType<WorkflowNode> = z.strictObject({
  kind: name,
  options: jsonObject,
  functions: z.record(z.string(), z.union([functionName, reference])),
  bodies: z.array(body).refine((given) => new Set(given.map((each) => each.name)).size === given.length, "other names"),
});

const fallback: z.ZodType<WorkflowFallback> = z.strictObject({
  provider,
  model: modelId,
  params: jsonObject.optional(),
  without: z.array(z.string()).optional(),
  providerOptions: jsonObject.optional(),
});

const step: z.ZodType<WorkflowStep> = z
  .strictObject({
    name,
    provider: provider.optional(),
    model: modelId.optional(),
    node: node.optional(),
    prompt: z.union([text, reference]).optional(),
    params: jsonObject.optional(),
    paramsFrom: z.record(z.string(), reference).optional(),
    providerOptions: jsonObject.optional(),
    // All of it came out of JSON.
    input: z.custom<JsonValue>(() => true).optional(),
    inputFrom: reference.optional(),
    inputs: z
      .array(z.strictObject({ role: z.string().optional(), source: z.union([z.string(), reference]) }))
      .optional(),
    after: shape.after,
    when: reference.optional(),
    optional: shape.optional,
    join: shape.join,
    type: shape.type,
    output: jsonObject.optional(),
    timeoutMs: timeoutMs.optional(),
    attemptTimeoutMs: shape.attemptTimeoutMs,
    poll: shape.poll,
    guards: z.array(name).optional(),
    regenerate: shape.regenerate,
    retry: shape.retry,
    fallbacks: z.array(fallback).max(20).optional(),
    fallbackOn: fallbackOptions.fallbackOn,
    hedge: fallbackOptions.hedge,
    cache: shape.cache,
    metadata: jsonObject.optional(),
    promptVisibility: shape.promptVisibility,
    privateParams: shape.privateParams,
  })
  .refine(isOfOneKind, "a provider and a model, or a node, are expected");

const pipelineShape = {
  name,
  chain: z.boolean(),
  accepts: z.array(modality),
  metadata: jsonObject,
  input: jsonObject.optional(),
  guards: z.array(name).optional(),
  yields: name.optional(),
  steps: z.array(step),
};

const pipeline: z.ZodType<WorkflowPipeline> = z.strictObject(pipelineShape);

/** The document of a workflow, without its id. */
export const workflowDocument: z.ZodType<WorkflowDocument> = z.strictObject({
  ...pipelineShape,
  format: z.literal(WORKFLOW_FORMAT),
  description: text.optional(),
  tags: z.array(name).max(100).optional(),
});

function isOfOneKind({ provider: by, model, node: made, input, inputFrom }: WorkflowStep): boolean {
  if (made !== undefined) return by === undefined && model === undefined;
  return by !== undefined && model !== undefined && input === undefined && inputFrom === undefined;
}
