export type {
  AgentCompletedEvent,
  AgentEvent,
  IterationEvaluatedEvent,
  IterationStartedEvent,
} from "./agent-events.js";
export { toPythonAgentEvent } from "./agent-events.js";
export { agentLoop } from "./agent-loop.js";
export type { AgentOptions } from "./agent-options.js";
export type {
  AgentContext,
  AgentEnd,
  AgentHandle,
  AgentIteration,
  AgentLoop,
  AgentResult,
  AgentRunOptions,
  MakePipeline,
} from "./agent-types.js";
export { type Evaluation, type Evaluator, type ThresholdOptions, thresholdEvaluator } from "./evaluation.js";
