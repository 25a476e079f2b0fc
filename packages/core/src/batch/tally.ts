import type { ErrorCode } from "../errors/error-codes.js";
import type { GenblazeError } from "../errors/genblaze-error.js";
import { sumUsd } from "../pricing/sum-usd.js";
import type { BatchEnd, BatchFailure, BatchResult, BatchStatus, BatchSummary } from "./batch-result.js";

/** As many as somebody reads. */
const KEPT_FAILURES = 10;

/** What is counted of a result; not its run. */
type CountedResult = Omit<BatchResult, "result">;

/** Counts what came of a batch's items; keeps none of them. */
export interface Tally {
  readonly failed: number;
  readonly cancelled: number;
  add(result: CountedResult): void;
  summary(endedBy: BatchEnd, elapsedMs: number): BatchSummary;
}

/** A tally at zero. */
export function createTally(): Tally {
  const counts: Record<BatchStatus, number> = { completed: 0, failed: 0, cancelled: 0, waiting: 0, "done-before": 0 };
  const errors = new Map<ErrorCode, number>();
  const failures: BatchFailure[] = [];
  let costUsd: number | null = 0;

  function addFailure({ index, key, runId }: CountedResult, { code, message }: GenblazeError): void {
    errors.set(code, (errors.get(code) ?? 0) + 1);
    if (failures.length < KEPT_FAILURES) failures.push({ index, key, runId, code, message });
  }

  return {
    get failed() {
      return counts.failed;
    },
    get cancelled() {
      return counts.cancelled;
    },
    add(result) {
      counts[result.status] += 1;
      costUsd = costUsd === null || result.costUsd === null ? null : sumUsd([costUsd, result.costUsd]);
      if (result.status === "failed" && result.error !== undefined) addFailure(result, result.error);
    },
    summary(endedBy, elapsedMs) {
      const { "done-before": doneBefore, ...others } = counts;
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
      return {
        total,
        ...others,
        doneBefore,
        elapsedMs,
        costUsd,
        endedBy,
        errors: Object.fromEntries(errors),
        failures: [...failures],
      };
    },
  };
}
