import { z } from "zod";
import { checkOptions } from "../options/check-options.js";

/** How often jobs are asked how they stand. */
export interface PollingOptions {
  /** The first wait, in milliseconds; it doubles with each 30 seconds that the job takes. @default 1_000 */
  readonly intervalMs?: number | undefined;
  /** The longest wait, in milliseconds. @default 30_000, or `intervalMs` when that is more */
  readonly longestMs?: number | undefined;
  /**
   * How long a job may show nothing new, neither its end nor other progress, in milliseconds; then the step fails with
   * TIMED_OUT, and the job is left open, so that a resume goes on with it. @default none
   */
  readonly idleTimeoutMs?: number | undefined;
}

/** {@link PollingOptions} with everything in. */
export interface Polling {
  readonly intervalMs: number;
  readonly longestMs: number;
  /** Absent when a job may be silent for any time. */
  readonly idleTimeoutMs?: number;
}

/** What a wait depends on besides the options. Times of providers that are no time are not heard. */
export interface PollFacts {
  /** Since the job was submitted, in milliseconds. */
  readonly elapsedMs: number;
  /** What the provider asked for at the last answer, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** How long the provider said, when it took the job, that this takes, in milliseconds; 0 says nothing. */
  readonly estimatedMs?: number | undefined;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Whether the job was not asked for yet. */
  readonly isFirst: boolean;
}

const DEFAULT_LONGEST_MS = 30_000;
const DOUBLE_AFTER_MS = 30_000;
/** What a provider may ask for, so that no answer makes the process spin or sleep; an interval that is shorter is meant. */
const SHORTEST_ASKED_MS = 100;
const LONGEST_ASKED_MS = 300_000;
/** The part of an estimate that is slept through, as by the Python library: many jobs are done before it is over. */
const SLEPT_PART = 0.8;
/** Spreads the polls of jobs that were submitted together. */
const JITTER = 0.1;
const LONGEST_MS = 86_400_000;

const milliseconds = z
  .number("milliseconds are expected")
  .positive("more than 0 milliseconds are expected")
  .max(LONGEST_MS, `at most ${LONGEST_MS} milliseconds are expected`)
  .optional();

/** The shape of {@link PollingOptions}. */
export const pollingOption = z.strictObject(
  { intervalMs: milliseconds, longestMs: milliseconds, idleTimeoutMs: milliseconds },
  "{ intervalMs, longestMs, idleTimeoutMs } is expected",
);

/** The rhythm that was asked for; INVALID_OPTION for an option that there is not, or a value that is no time. */
export function toPolling(given: PollingOptions = {}): Polling {
  const checked = checkOptions(pollingOption, given, "polling");
  const { intervalMs = 1_000, longestMs = Math.max(DEFAULT_LONGEST_MS, intervalMs), idleTimeoutMs } = checked;
  return Object.freeze({ intervalMs, longestMs, ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }) });
}

/**
 * The wait in milliseconds before a job is asked again, as the Python library waits: what the provider asked for wins,
 * from 100 ms, or `intervalMs` when that is less, to 5 minutes; the first wait is 0.8 of its estimate, within the same bounds; every other one is
 * `intervalMs * 2 ^ floor(elapsedMs / 30_000)`, at most `longestMs`. Then a tenth at most is added by chance, or taken
 * away from what the provider did not ask for, so that a thousand jobs are not asked at the same moment.
 */
export function nextPollMs(polling: Polling, facts: PollFacts): number {
  const { retryAfterMs, estimatedMs, random, isFirst } = facts;
  const askedMs = timeOf(retryAfterMs);
  // Never earlier than it asked for: that could be refused.
  if (askedMs !== undefined) return inBounds(askedMs, polling) * (1 + JITTER * random());
  const estimateMs = isFirst ? (timeOf(estimatedMs) ?? 0) : 0;
  const delayMs = estimateMs > 0 ? inBounds(estimateMs * SLEPT_PART, polling) : grownMs(polling, facts);
  return delayMs * (1 - JITTER + 2 * JITTER * random());
}

function grownMs({ intervalMs, longestMs }: Polling, { elapsedMs }: PollFacts): number {
  const doublings = Math.floor((timeOf(elapsedMs) ?? 0) / DOUBLE_AFTER_MS);
  return Math.min(intervalMs * 2 ** doublings, longestMs);
}

function inBounds(delayMs: number, { intervalMs }: Polling): number {
  return Math.min(Math.max(delayMs, Math.min(SHORTEST_ASKED_MS, intervalMs)), LONGEST_ASKED_MS);
}

/** Undefined for what is below 0 or no number. */
function timeOf(ms: number | undefined): number | undefined {
  return ms !== undefined && ms >= 0 ? ms : undefined;
}
