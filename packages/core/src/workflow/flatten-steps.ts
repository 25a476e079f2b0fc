import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { WorkflowBody, WorkflowPipeline, WorkflowStep } from "./workflow.js";

/** A step, or a target of one, as diffs see it. */
export interface StepEntry {
  readonly step: WorkflowStep;
  /** Among the steps of its pipeline, from 0. */
  readonly place: number;
  /** Its provider and model, or its kind of node. */
  readonly maker: string;
  readonly prompt: JsonValue | undefined;
  /** All that is neither its prompt nor an edge, nor a body. */
  readonly fields: JsonObject;
}

/** All steps of a pipeline by their full names, those inside nodes behind the node. */
export function flattenSteps(pipeline: WorkflowPipeline, path = ""): ReadonlyMap<string, StepEntry> {
  const entries = pipeline.steps.flatMap((step, place) => [
    [`${path}${step.name}`, toEntry(step, place)] as const,
    ...(step.node?.bodies ?? []).flatMap((body, index) => bodyEntries(body, index, `${path}${step.name}`)),
  ]);
  return new Map(entries);
}

function bodyEntries(
  { name, target, pipeline }: WorkflowBody,
  index: number,
  path: string,
): readonly (readonly [string, StepEntry])[] {
  const place = `${path}/${name}`;
  if (pipeline !== undefined) {
    const { steps, name: title, ...others } = pipeline;
    const own: WorkflowStep = { name };
    // A workflow is read out of JSON, and its type, as an interface, has no index signature that would say so.
    const fields = { ...others, pipeline: title } as unknown as JsonObject;
    const entry: StepEntry = { step: own, place: index, maker: `pipeline ${title}`, prompt: undefined, fields };
    return [[place, entry], ...flattenSteps(pipeline, `${place}/`)];
  }
  if (target === undefined) return [];
  const { inputs, ...others } = target;
  const entry = toEntry({ name, ...others, inputs: undefined }, index);
  const fields = inputs === undefined ? entry.fields : { ...entry.fields, inputs };
  return [[place, { ...entry, fields }]];
}

function toEntry(step: WorkflowStep, place: number): StepEntry {
  const { name, prompt, node, provider, inputs, after, when, paramsFrom, inputFrom, ...others } = step;
  const isText = typeof prompt === "string";
  const made =
    node === undefined ? {} : { node: { kind: node.kind, options: node.options, functions: node.functions } };
  const by =
    provider === undefined ? {} : { provider: provider.name, accepts: provider.accepts, yields: provider.yields };
  return {
    step,
    place,
    maker: node === undefined ? `${provider?.name ?? ""} ${step.model ?? ""}` : node.kind,
    // A prompt that is computed is an edge.
    prompt: isText ? prompt : undefined,
    // It was read out of JSON; entries that are undefined are not there.
    fields: JSON.parse(JSON.stringify({ ...others, ...made, ...by })) as JsonObject,
  };
}
