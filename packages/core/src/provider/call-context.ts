import type { Clock } from "./clock.js";
import type { Logger } from "./logger.js";

export interface ProgressReport {
  /** 0 to 1, when the provider knows. */
  readonly fraction?: number;
  readonly message?: string;
  /** Where what is made so far can be seen; of https and without a password, else it is dropped. */
  readonly previewUrl?: string;
}

/** Everything a provider's call gets from outside; nothing else is ambient. */
export interface CallContext {
  /** Aborted when the step's time is up or the caller cancels. */
  readonly signal: AbortSignal;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** The same whenever the same is asked for: another one for each answer that was rejected, or failed before a resume. */
  readonly idempotencyKey: string;
  /** Where the vendor can report how the job stands, for a `submit` of a provider with `webhook`. @default polling only */
  readonly webhookUrl?: string;
  readonly onProgress: (report: ProgressReport) => void;
}
