import { isTarget } from "../node/assert-node.js";
import type { NodeBody, Target } from "../node/composite-node.js";
import type { NodeStep } from "../pipeline/definition.js";
import type { Plan } from "../pipeline/plan.js";
import type { PlannedBody } from "../pipeline/plan-bodies.js";
import type { NameRegister } from "./name-register.js";
import { providerToData, unlessBare } from "./provider-to-data.js";
import type { WorkflowBody, WorkflowNode, WorkflowPipeline, WorkflowTarget } from "./workflow.js";
import { workflowProblem } from "./workflow-problem.js";

type ToData = (plan: Plan, names: NameRegister) => WorkflowPipeline;

/** A node as data: kind, options, names of functions, bodies in their order. */
export function nodeToData(
  { key, node }: NodeStep,
  planned: ReadonlyMap<string, PlannedBody>,
  names: NameRegister,
  toData: ToData,
): WorkflowNode {
  const { kind, options = kind === "pipeline" ? {} : undefined, functions = {} } = node;
  if (options === undefined) {
    const message = `Step "${key}": this ${kind} does not say its options as data, so a workflow cannot keep it. Give the node \`options\` (\`{}\` when it has none).`;
    throw workflowProblem(message, { step: key });
  }
  const named = Object.entries(functions).map(
    ([option, given]) => [option, names.ofFunction(given, key, option)] as const,
  );
  const bodies = [...planned].map(([name, body]): WorkflowBody => {
    if (body.kind === "pipeline") return { name, pipeline: toData(body.plan, names) };
    return { name, target: targetToData(node.bodies[name], key) };
  });
  return { kind, options, functions: Object.fromEntries(named), bodies };
}

function targetToData(body: NodeBody | undefined, key: string): WorkflowTarget {
  if (body === undefined || !isTarget(body)) throw workflowProblem(`Step "${key}": a body of its node is gone.`);
  const { provider, model, prompt, params, providerOptions, type, timeoutMs, metadata, inputs }: Target = body;
  return {
    provider: providerToData(provider),
    model,
    prompt,
    params: unlessBare(params),
    providerOptions: unlessBare(providerOptions),
    type,
    timeoutMs,
    metadata: unlessBare(metadata),
    inputs,
  };
}
