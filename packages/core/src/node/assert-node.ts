import { describeValue } from "../options/describe-value.js";
import type { CompositeNode, NodeBody, Target } from "./composite-node.js";

/** Whether a body is a provider's target, and no pipeline. */
export function isTarget(body: NodeBody): body is Target {
  return "provider" in body;
}

/** Whether something is meant as a composite node. */
export function isNode(value: unknown): value is CompositeNode {
  return (
    typeof value === "object" && value !== null && typeof Reflect.get(value, "run") === "function" && "bodies" in value
  );
}

/** What is wrong with a node that somebody made; undefined when nothing is. */
export function findNodeProblem(node: CompositeNode): string | undefined {
  if (typeof node.kind !== "string" || node.kind === "") return "this node has no `kind`";
  if (!Array.isArray(node.accepts)) return "`accepts` of this node must be a list";
  const bodies: unknown = node.bodies;
  if (typeof bodies !== "object" || bodies === null) return "`bodies` of this node must be an object";
  const wrong = Object.entries(bodies).find(([, body]) => !isBody(body));
  return wrong === undefined
    ? undefined
    : `body "${wrong[0]}" of this node must be a pipeline or { provider, model }; ${describeValue(wrong[1])} was given`;
}

function isBody(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  const definition: unknown = Reflect.get(body, "definition");
  return "provider" in body || (typeof definition === "object" && definition !== null && "steps" in definition);
}
