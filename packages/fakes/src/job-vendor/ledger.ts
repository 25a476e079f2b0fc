/** How a job stands. */
export type JobState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

/** What a vendor remembers of one job: one row for each submit that made a new job, so each row was paid for. */
export interface LedgerRow {
  readonly id: string;
  readonly model: string;
  /** The run and the step that bought it: its reference without the number of the try. */
  readonly node: string;
  /** What the buyer called it; empty when it did not. */
  readonly reference: string;
  /** The `idempotency-key` that came with it, heeded or not. */
  readonly key: string | undefined;
  /** SHA-256 of node and request. */
  readonly fingerprint: string;
  readonly state: JobState;
  /** How many submits were answered with this job. */
  readonly submits: number;
  readonly paid: number;
  /** How often its result was given out whole. */
  readonly fetched: number;
  /** SHA-256 of the bytes that it gives. */
  readonly sha256: string;
  /** Whether the same work was bought before, and had not been told to have failed or been cancelled. */
  readonly isSecondPayment: boolean;
  /** When it was bought, by the vendor's clock in milliseconds. */
  readonly soldAt: number;
  /** When a call found that it had ended, or cancelled it; undefined while it is open. */
  readonly endedAt: number | undefined;
}

/** The fingerprints that were paid for more than once. Work that is asked for anew after a known failure is not. */
export function findPaidTwice(rows: readonly LedgerRow[]): readonly string[] {
  return [...new Set(rows.filter(({ isSecondPayment }) => isSecondPayment).map(({ fingerprint }) => fingerprint))];
}

/** `run/step` of an idempotency key, whose further tries are `run/step/2`, `run/step/3`, ... */
export function nodeOf(reference: string): string {
  return reference.replace(/^(.+\/.+)\/[0-9]{1,9}$/s, "$1");
}
