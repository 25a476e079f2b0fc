export type { Arm } from "./arms.js";
export type {
  BodyCall,
  BodyOutcome,
  CompositeNode,
  Decision,
  NewDecision,
  NodeBody,
  NodeContext,
  NodeFunction,
  NodeOutput,
  Target,
} from "./composite-node.js";
export { assertEnough } from "./join.js";
export { outputOf } from "./output-of.js";
export { runAll } from "./run-all.js";
export { typedNode } from "./typed-node.js";
export { yieldsOf } from "./yields-of.js";
