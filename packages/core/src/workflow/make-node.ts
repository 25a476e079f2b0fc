import type { JsonObject } from "../json/json-value.js";
import type { Modality } from "../manifest/model.js";
import { approve } from "../node/approve.js";
import type { Arm } from "../node/arms.js";
import type { CompositeNode, NodeFunction } from "../node/composite-node.js";
import { fanOut } from "../node/fan-out.js";
import { loop } from "../node/loop.js";
import { map } from "../node/map.js";
import { pipelineNode } from "../node/pipeline-node.js";
import { route } from "../node/route.js";
import { split } from "../node/split.js";
import type { PipelineBody } from "../pipeline/scope.js";
import type { WorkflowNode } from "./workflow.js";
import { workflowProblem } from "./workflow-problem.js";

/** What a node is made of again. */
export interface NodeParts {
  readonly options: JsonObject;
  readonly functions: Readonly<Record<string, NodeFunction>>;
  /** In their order. */
  readonly bodies: Readonly<Record<string, Arm>>;
}

/** A node whose step gives it whatever it wants. */
type AnyNode = CompositeNode<Modality, Modality, unknown, never>;

/** Makes a node of what a workflow keeps of it: the opposite of its `options`, `functions` and `bodies`. */
export type NodeFactory = (parts: NodeParts) => AnyNode;

/** The node that a document describes; INVALID_OPTION when nobody knows its kind, or for options that do not fit. */
export function makeNode(
  node: WorkflowNode,
  parts: NodeParts,
  nodes: Readonly<Record<string, NodeFactory>>,
  place: string,
): CompositeNode {
  const { kind } = node;
  const factory = Object.hasOwn(nodes, kind) ? nodes[kind] : FACTORIES.get(kind);
  if (factory === undefined) {
    const message = `Step "${place}" is a node of kind "${kind}", which is not known here. Give fromWorkflow(workflow, { nodes: { "${kind}": (parts) => node } }).`;
    throw workflowProblem(message, { place, kind });
  }
  // What its step gives it was typed where the workflow was made.
  return factory(parts) as CompositeNode;
}

/**
 * The nodes of the SDK. What they are given was typed where the workflow was made; each checks its options anew, and its
 * bodies are checked where the pipeline is planned.
 */
const FACTORIES: ReadonlyMap<string, NodeFactory> = new Map<string, NodeFactory>([
  ["pipeline", ({ bodies }) => pipelineNode(onlyBody(bodies))],
  ["map", ({ bodies, options }) => map(onlyBody(bodies), options)],
  ["loop", ({ bodies, options, functions }) => loop(onlyBody(bodies), { ...options, ...functions } as never)],
  ["route", ({ bodies, functions }) => route(bodies, functions.choose as never)],
  ["split", ({ bodies, options, functions }) => split(bodies, { ...options, ...functions } as never)],
  ["fan-out", ({ bodies, options }) => fanOut(bodies, options)],
  ["approve", ({ options }) => approve(options)],
]);

function onlyBody(bodies: NodeParts["bodies"]): PipelineBody<Modality, Modality, unknown, never> {
  const { body } = bodies;
  if (body !== undefined && "definition" in body) return body;
  throw workflowProblem('A node of this workflow must have one body "body", which is a pipeline.');
}
