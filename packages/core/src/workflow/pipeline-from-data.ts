import type { Arm } from "../node/arms.js";
import type { CompositeNode } from "../node/composite-node.js";
import { checkPipelineData } from "../pipeline/check-pipeline.js";
import type { InputData, PipelineData, StepData } from "../pipeline/definition.js";
import { fallbackFromData } from "./fallbacks-to-data.js";
import { makeNode, type NodeFactory } from "./make-node.js";
import { providerFromData } from "./provider-from-data.js";
import type {
  WorkflowBody,
  WorkflowInput,
  WorkflowNode,
  WorkflowPipeline,
  WorkflowStep,
  WorkflowTarget,
} from "./workflow.js";
import type { WorkflowParts } from "./workflow-parts.js";
import { workflowProblem } from "./workflow-problem.js";

/** What a document is read with. */
export interface FromData {
  readonly parts: WorkflowParts;
  readonly nodes: Readonly<Record<string, NodeFactory>>;
  /** Before the names of places. */
  readonly path: string;
}

/** A pipeline's document as the data that `Pipeline.from` takes. */
export function pipelineFromData(pipeline: WorkflowPipeline, from: FromData): PipelineData {
  const { name, chain, accepts, metadata, input, guards = [], yields, steps } = pipeline;
  return {
    name,
    chain,
    accepts,
    metadata,
    ...(input === undefined ? {} : { input: from.parts.schema(`${from.path}input`, input) }),
    guards: guards.map((guard) => from.parts.guard(guard)),
    ...(yields === undefined ? {} : { yields }),
    steps: steps.map((step) => stepFromData(step, chain, from)),
  };
}

function stepFromData(step: WorkflowStep, chain: boolean, from: FromData): StepData {
  const { parts, path } = from;
  const { provider, model, node, input, inputFrom, params, paramsFrom = {}, fallbacks, ...others } = step;
  const { prompt, inputs, when, output, guards = [] } = others;
  const place = `${path}${step.name}`;
  const computed = Object.entries(paramsFrom).map(([name, each]) => [name, parts.reference(each)] as const);
  const hasParams = params !== undefined || computed.length > 0;
  const data = {
    ...others,
    prompt: typeof prompt === "object" ? parts.reference(prompt) : prompt,
    params: hasParams ? { ...params, ...Object.fromEntries(computed) } : undefined,
    inputs: inputs === undefined ? undefined : inputsFromData(inputs, parts),
    when: when === undefined ? undefined : parts.reference(when),
    output: output === undefined ? undefined : parts.schema(place, output),
    guards: guards.map((guard) => parts.guard(guard)),
  };
  if (node !== undefined) {
    const given = inputFrom === undefined ? input : parts.reference(inputFrom);
    // The entries that are undefined are options that are not given; the door of the pipeline checks the rest.
    return { ...data, node: nodeFromData(node, place, from), input: given } as StepData;
  }
  const isChained = chain && inputs === undefined;
  // Here too what is undefined is an option that is not given.
  return {
    ...data,
    provider: providerFromData(provider, place, isChained, parts),
    model,
    fallbacks: fallbacks?.map((fallback) => fallbackFromData(fallback, place, parts)),
  } as StepData;
}

/** In the form that they were given in: as a list, or by role. */
function inputsFromData(
  inputs: readonly WorkflowInput[],
  parts: WorkflowParts,
): readonly InputData[] | Readonly<Record<string, InputData[]>> {
  const sources = inputs.map(({ role, source }) => ({
    role,
    source: typeof source === "string" ? source : parts.reference(source),
  }));
  if (sources.every(({ role }) => role === undefined)) return sources.map(({ source }) => source);
  const roles = new Set(sources.map(({ role = "" }) => role));
  const sourcesOf = (wanted: string) => sources.filter(({ role = "" }) => role === wanted).map(({ source }) => source);
  return Object.fromEntries([...roles].map((role) => [role, sourcesOf(role)]));
}

function nodeFromData(node: WorkflowNode, place: string, from: FromData): CompositeNode {
  const functions = Object.entries(node.functions).map(([name, each]) => [name, from.parts.function(each)] as const);
  const bodies = node.bodies.map((body) => [body.name, bodyFromData(body, place, from)] as const);
  return makeNode(
    node,
    { options: node.options, functions: Object.fromEntries(functions), bodies: Object.fromEntries(bodies) },
    from.nodes,
    place,
  );
}

function bodyFromData({ name, target, pipeline }: WorkflowBody, place: string, from: FromData): Arm {
  if (target !== undefined) return targetFromData(target, `${place}/${name}`, from);
  if (pipeline === undefined) throw workflowProblem(`Step "${place}": body "${name}" has nothing to run.`, { place });
  const data = pipelineFromData(pipeline, { ...from, path: `${place}/${name}/` });
  return { definition: checkPipelineData(data) };
}

function targetFromData({ provider, inputs, ...target }: WorkflowTarget, place: string, { parts }: FromData): Arm {
  const given = { ...target, provider: providerFromData(provider, place, false, parts) };
  return inputs === undefined ? given : { ...given, inputs: [] };
}
