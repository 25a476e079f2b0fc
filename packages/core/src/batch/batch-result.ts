import type { ErrorCode } from "../errors/error-codes.js";
import type { GenblazeError } from "../errors/genblaze-error.js";
import type { StepOutput } from "../pipeline/scope.js";
import type { RunResult } from "../run/run-result.js";

/** How one item of a batch ended; `done-before` for one that the ledger knows. */
export type BatchStatus = "completed" | "failed" | "cancelled" | "waiting" | "done-before";

/** What came of one item. */
export interface BatchResult<S = Readonly<Record<string, StepOutput>>> {
  /** From 0, in the order of the items. */
  readonly index: number;
  /** What the ledger knows it by; `item-` and its index where there is none. */
  readonly key: string;
  /** `failed` also for a run that completed and could not be written to its sink: its `result` can be stored again. */
  readonly status: BatchStatus;
  /** Undefined when it did not come to a run. */
  readonly runId: string | undefined;
  readonly manifestHash: string | undefined;
  /** The run as `pipeline.run` gives it; undefined for an item done before, or refused before anything ran. */
  readonly result: RunResult<S> | undefined;
  readonly error: GenblazeError | undefined;
  /** Milliseconds from its start to its end. */
  readonly elapsedMs: number;
  /** US dollars; null when a price is unknown. 0 for an item done before. */
  readonly costUsd: number | null;
}

/** A failed item, without its run, which may hold many bytes. */
export interface BatchFailure {
  readonly index: number;
  readonly key: string;
  readonly runId: string | undefined;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Why no further item was begun: there was none, the caller's signal, too many failures, the reader left. */
export type BatchEnd = "items" | "cancelled" | "failures" | "left";

/** What came of all items. */
export interface BatchSummary {
  /** How many items ended; less than there were when the batch ended early. */
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly waiting: number;
  readonly doneBefore: number;
  readonly elapsedMs: number;
  /** US dollars of all runs, also of failed ones; null as soon as one price is unknown. */
  readonly costUsd: number | null;
  readonly endedBy: BatchEnd;
  /** How many items failed with each code. */
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>;
  /** The first ten that failed. */
  readonly failures: readonly BatchFailure[];
}

/** A batch under way. */
export interface BatchRun<S = Readonly<Record<string, StepOutput>>> extends AsyncIterable<BatchResult<S>> {
  /**
   * What came of all items, when all have ended. Asking for it starts a batch that nobody reads: its results are
   * counted and let go. Rejects when the source of the items, the ledger, `key` or `onResult` threw.
   */
  readonly summary: Promise<BatchSummary>;
}
