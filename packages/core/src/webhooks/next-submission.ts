import { z } from "zod";
import { checkOptions } from "../options/check-options.js";
import { objectWith } from "../pipeline/option-schemas.js";
import type { Clock } from "../provider/clock.js";
import type { Submission } from "../provider/provider.js";
import { sleep } from "../run/sleep.js";
import { patientDelayMs } from "./patient-delay.js";

/** What {@link nextSubmission} takes. */
export interface NextSubmissionOptions {
  /** Asks the vendor how the job stands; its error ends the wait. */
  readonly poll: (signal: AbortSignal) => Promise<Submission>;
  /** Waits for the vendor's word, `receiver.wait` for example; when it rejects, the job is polled as without it. */
  readonly hook: (signal: AbortSignal) => Promise<Submission>;
  /** When the job would be polled if there were no webhooks, in milliseconds; at most a day. */
  readonly delayMs: number;
  /** How much later it is polled while a webhook may come; 1 to 1_000. @default 10 */
  readonly stretch?: number | undefined;
  /** No wait is made longer than this by `stretch`, in milliseconds; at most a day. @default 60_000 */
  readonly longestDelayMs?: number | undefined;
  readonly clock: Clock;
  /** Ends both; its reason is thrown. */
  readonly signal: AbortSignal;
}

/** How a job stands, and who said so. */
export interface NextSubmission {
  readonly submission: Submission;
  readonly by: "webhook" | "poll";
}

const DAY_MS = 86_400_000;

const aFunction = () =>
  z.custom<(signal: AbortSignal) => Promise<Submission>>(
    (value) => typeof value === "function",
    "a function is expected",
  );
const milliseconds = z
  .number("milliseconds are expected")
  .min(0, "at least 0 milliseconds are expected")
  .max(DAY_MS, `at most ${DAY_MS} milliseconds are expected`);

const schema = z.strictObject({
  poll: aFunction(),
  hook: aFunction(),
  delayMs: milliseconds,
  stretch: z
    .number("a number is expected")
    .min(1, "at least 1 is expected")
    .max(1_000, "at most 1000 is expected")
    .optional(),
  longestDelayMs: milliseconds.optional(),
  clock: objectWith<Clock>("now", "schedule"),
  signal: objectWith<AbortSignal>("addEventListener", "throwIfAborted"),
});

/**
 * How a job stands next: by its webhook or by a poll, whichever is first. Webhooks get lost, so there is always a poll
 * in the end; while one may come it is a later one, and once `hook` has failed it is at `delayMs`. Whichever is not first
 * is aborted. Throws the error of `poll`, or the reason of the signal; INVALID_OPTION.
 */
export async function nextSubmission(options: NextSubmissionOptions): Promise<NextSubmission> {
  checkOptions(schema, options, "nextSubmission(options)");
  const { signal } = options;
  signal.throwIfAborted();
  const controller = new AbortController();
  const follow = () => controller.abort(signal.reason);
  signal.addEventListener("abort", follow, { once: true });
  try {
    const hooked = hookOutcome(options, controller.signal);
    const polled = pollOutcome(options, hooked, controller.signal);
    return await Promise.race([polled, hooked.then((news) => news ?? polled)]);
  } finally {
    signal.removeEventListener("abort", follow);
    controller.abort();
  }
}

/** What the webhook says, or undefined when none can be waited for. */
async function hookOutcome({ hook }: NextSubmissionOptions, signal: AbortSignal): Promise<NextSubmission | undefined> {
  try {
    return { submission: await hook(signal), by: "webhook" };
  } catch {
    return undefined;
  }
}

async function pollOutcome(
  { poll, clock, delayMs, ...rest }: NextSubmissionOptions,
  hooked: Promise<NextSubmission | undefined>,
  signal: AbortSignal,
): Promise<NextSubmission> {
  const patientMs = patientDelayMs({ ...rest, delayMs });
  await sleep(clock, delayMs, signal);
  await Promise.race([sleep(clock, patientMs - delayMs, signal), withoutHook(hooked)]);
  return { submission: await poll(signal), by: "poll" };
}

/** Resolves when there is no webhook to wait for any more. */
function withoutHook(hooked: Promise<NextSubmission | undefined>): Promise<void> {
  return new Promise((resolve) => void hooked.then((news) => news === undefined && resolve()));
}
