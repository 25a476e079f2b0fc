import type { PipelineDefinition } from "../pipeline/definition.js";
import type { CompositeNode, NodeOutput } from "./composite-node.js";
import { outputOf } from "./output-of.js";
import { yieldsOf } from "./yields-of.js";

/** A pipeline as one step of another: it has its own names, and reads of the outside what the step gives it. */
export function pipelineNode(body: { readonly definition: PipelineDefinition }): CompositeNode {
  const { definition } = body;
  return {
    kind: "pipeline",
    yields: yieldsOf(definition),
    accepts: definition.accepts,
    bodies: { body },
    run: async ({ input, inputs, runBody }): Promise<NodeOutput> =>
      outputOf(await runBody("body", { input, assets: inputs })),
  };
}
