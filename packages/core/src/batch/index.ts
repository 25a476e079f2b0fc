export type {
  AgentCompletedEvent,
  AgentEvent,
  IterationEvaluatedEvent,
  IterationStartedEvent,
} from "../agent/agent-events.js";
export { toPythonAgentEvent } from "../agent/agent-events.js";
export { agentLoop } from "../agent/agent-loop.js";
export type { AgentOptions } from "../agent/agent-options.js";
export type {
  AgentContext,
  AgentEnd,
  AgentHandle,
  AgentIteration,
  AgentLoop,
  AgentResult,
  AgentRunOptions,
  MakePipeline,
} from "../agent/agent-types.js";
export { type Evaluation, type Evaluator, type ThresholdOptions, thresholdEvaluator } from "../agent/evaluation.js";
export { type IngestResult, ingest } from "../ingest/ingest.js";
export type { IngestOptions } from "../ingest/ingest-options.js";
export type { IngestEntry } from "../ingest/read-entry.js";
export type { IngestFailure } from "../ingest/read-files.js";
export { type BatchArguments, batch } from "./batch.js";
export type { BatchOptions, ItemRun, ItemRunOptions } from "./batch-options.js";
export type { BatchEnd, BatchFailure, BatchResult, BatchRun, BatchStatus, BatchSummary } from "./batch-result.js";
export { fileLedger } from "./file-ledger.js";
export { type Ledger, type LedgerSession, memoryLedger } from "./ledger.js";
export type { Items } from "./take-items.js";
