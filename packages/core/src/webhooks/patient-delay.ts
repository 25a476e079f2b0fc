const DEFAULT_STRETCH = 10;
const DEFAULT_LONGEST_DELAY_MS = 60_000;

/** When a job is polled while a webhook may come; see `NextSubmissionOptions`. */
export interface Patience {
  /** When it would be polled without, in milliseconds. */
  readonly delayMs: number;
  readonly stretch?: number | undefined;
  /** In milliseconds. */
  readonly longestDelayMs?: number | undefined;
}

/** The wait in milliseconds: ten times longer, but no more than a minute by that. */
export function patientDelayMs({ delayMs, stretch, longestDelayMs }: Patience): number {
  const stretchedMs = delayMs * (stretch ?? DEFAULT_STRETCH);
  return Math.max(delayMs, Math.min(stretchedMs, longestDelayMs ?? DEFAULT_LONGEST_DELAY_MS));
}
