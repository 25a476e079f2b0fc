export { type BatchArguments, batch } from "./batch.js";
export type { BatchOptions, ItemRun, ItemRunOptions } from "./batch-options.js";
export type { BatchEnd, BatchFailure, BatchResult, BatchRun, BatchStatus, BatchSummary } from "./batch-result.js";
export { fileLedger } from "./file-ledger.js";
export { type Ledger, type LedgerSession, memoryLedger } from "./ledger.js";
export type { Items } from "./take-items.js";
