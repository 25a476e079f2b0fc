import type { PipelineDefinition } from "../pipeline/definition.js";
import { isTarget } from "./assert-node.js";
import type { CompositeNode } from "./composite-node.js";

/** So many nodes may stand inside one another: beyond what people build, and far from where the stack ends. */
export const DEEPEST_NESTING = 64;

/** How many nodes stand inside one another in a node, itself included. */
export function depthOf({ bodies }: CompositeNode, known: Map<PipelineDefinition, number> = new Map()): number {
  const depths = Object.values(bodies).map((body) => (isTarget(body) ? 0 : depthOfPipeline(body.definition, known)));
  return 1 + Math.max(0, ...depths);
}

/** One pipeline may be inside others in many places; it is looked at once. */
function depthOfPipeline(definition: PipelineDefinition, known: Map<PipelineDefinition, number>): number {
  const before = known.get(definition);
  if (before !== undefined) return before;
  const depths = definition.steps.map((step) => (step.kind === "node" ? depthOf(step.node, known) : 0));
  // Reduced and not spread, since a pipeline may have thousands of steps.
  const depth = depths.reduce((deepest, each) => Math.max(deepest, each), 0);
  known.set(definition, depth);
  return depth;
}
