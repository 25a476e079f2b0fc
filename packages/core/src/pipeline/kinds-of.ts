import type { Modality } from "../manifest/model.js";
import { isTarget } from "../node/assert-node.js";
import type { CompositeNode, NodeBody } from "../node/composite-node.js";
import { yieldingStep } from "../node/yields-of.js";
import type { StepDefinition } from "./definition.js";
import type { AnyProvider } from "./step-options.js";

/** Nodes that hand on what their bodies yield, and nothing else; what others give is their own business. */
const handingOn: ReadonlySet<string> = new Set(["pipeline", "map", "loop", "route", "split", "fan-out"]);

/** Every kind of asset that a step may give; undefined when that cannot be told before the run. */
export function kindsOf(step: StepDefinition): readonly Modality[] | undefined {
  return step.kind === "provider" ? kindsOfProvider(step.provider) : kindsOfNode(step.node);
}

function kindsOfProvider({ yields, alsoYields = [] }: AnyProvider): readonly Modality[] {
  return [yields, ...alsoYields];
}

/** Whether the bodies of a node take what its step brings, and give what it yields; a replayed node has none. */
export function isHandingOn({ kind, bodies }: CompositeNode): boolean {
  return handingOn.has(kind) && Object.keys(bodies).length > 0;
}

function kindsOfNode(node: CompositeNode): readonly Modality[] | undefined {
  if (!isHandingOn(node)) return undefined;
  const kinds = Object.values(node.bodies).map(kindsOfBody);
  return kinds.includes(undefined) ? undefined : [...new Set(kinds.flatMap((each) => each ?? []))];
}

function kindsOfBody(body: NodeBody): readonly Modality[] | undefined {
  if (isTarget(body)) return kindsOfProvider(body.provider);
  const step = yieldingStep(body.definition);
  return step === undefined ? undefined : kindsOf(step);
}
