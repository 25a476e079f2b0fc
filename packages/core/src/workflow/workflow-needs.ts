import type { JsonObject } from "../json/json-value.js";
import type { WorkflowBody, WorkflowPipeline, WorkflowProvider, WorkflowReference, WorkflowStep } from "./workflow.js";

/** A place of a workflow that has a schema. */
export interface NeededSchema {
  /** `input`, or the name of the step; inside nodes with the names of step and body before it: `shots/body/scene`. */
  readonly place: string;
  readonly schema: JsonObject;
}

/** What a workflow needs of whoever turns it into a pipeline; names each once, in order of their first place. */
export interface WorkflowNeeds {
  readonly functions: readonly string[];
  readonly guards: readonly string[];
  readonly schemas: readonly NeededSchema[];
  readonly providers: readonly WorkflowProvider[];
  /** Kinds of nodes. */
  readonly nodes: readonly string[];
}

/** What {@link fromWorkflow} must be given for a workflow. Pure. */
export function workflowNeeds(pipeline: WorkflowPipeline, path = ""): WorkflowNeeds {
  const own: NeededSchema[] = pipeline.input === undefined ? [] : [{ place: `${path}input`, schema: pipeline.input }];
  const parts = pipeline.steps.map((step) => stepNeeds(step, path));
  return join([{ ...nothing, guards: pipeline.guards ?? [], schemas: own }, ...parts]);
}

const nothing: WorkflowNeeds = { functions: [], guards: [], schemas: [], providers: [], nodes: [] };

function stepNeeds(step: WorkflowStep, path: string): WorkflowNeeds {
  const place = `${path}${step.name}`;
  const { node, output, provider, guards = [], fallbacks = [] } = step;
  const functions = [...stepReferences(step), ...Object.values(node?.functions ?? {})].map((each) =>
    typeof each === "string" ? each : each.function,
  );
  const own: WorkflowNeeds = {
    functions,
    guards,
    schemas: output === undefined ? [] : [{ place, schema: output }],
    providers: [...(provider === undefined ? [] : [provider]), ...fallbacks.map((each) => each.provider)],
    nodes: node === undefined ? [] : [node.kind],
  };
  return join([own, ...(node?.bodies ?? []).map((body) => bodyNeeds(body, place))]);
}

function bodyNeeds({ name, target, pipeline }: WorkflowBody, place: string): WorkflowNeeds {
  if (pipeline !== undefined) return workflowNeeds(pipeline, `${place}/${name}/`);
  return { ...nothing, providers: target === undefined ? [] : [target.provider] };
}

function stepReferences({ prompt, paramsFrom = {}, inputFrom, inputs = [], when }: WorkflowStep) {
  const given: readonly (string | WorkflowReference | undefined)[] = [
    prompt,
    ...Object.values(paramsFrom),
    inputFrom,
    ...inputs.map(({ source }) => source),
    when,
  ];
  return given.filter((each) => typeof each === "object");
}

function join(parts: readonly WorkflowNeeds[]): WorkflowNeeds {
  const unique = (lists: readonly (readonly string[])[]) => [...new Set(lists.flat())];
  return {
    functions: unique(parts.map(({ functions }) => functions)),
    guards: unique(parts.map(({ guards }) => guards)),
    schemas: parts.flatMap(({ schemas }) => schemas),
    providers: [
      ...new Map(
        parts.flatMap(({ providers }) => providers).map((each) => [`${each.yields} ${each.name}`, each]),
      ).values(),
    ],
    nodes: unique(parts.map(({ nodes }) => nodes)),
  };
}
