import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";
import type { AnyProvider } from "../pipeline/step-options.js";
import type { CallContext, ProgressReport } from "../provider/call-context.js";
import type { Clock } from "../provider/clock.js";
import type { Submission } from "../provider/provider.js";
import type { NextNews } from "./next-news.js";
import { nextPollMs, type Polling } from "./polling.js";

/** How a job is waited for. */
export interface Following {
  readonly polling: Polling;
  readonly clock: Pick<Clock, "now">;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** When the job was submitted, in milliseconds since 1970. */
  readonly submittedAt: number;
  /** Nobody asked for a while, so it may have ended long ago. */
  readonly isOverdue: boolean;
  readonly next: NextNews;
  /** Awaited with the operation before the first poll, so that it can be written down. */
  readonly onPending: (operation: JsonValue) => Promise<void> | undefined;
  readonly onProgress: (report: ProgressReport) => void;
}

/** Follows a submitted job to its end, in the rhythm of {@link nextPollMs}. */
export async function pollUntilDone(
  provider: AnyProvider,
  submission: Submission,
  following: Following,
): Promise<Exclude<Submission, { status: "pending" }>> {
  const { polling, clock, random, submittedAt, isOverdue, next, onPending, onProgress } = following;
  let state = submission;
  for (let isFirst = true; state.status === "pending"; isFirst = false) {
    if (provider.poll === undefined) throw cannotPoll(provider);
    const { operation, progress, retryAfterMs, estimatedMs } = state;
    if (isFirst) await onPending(operation);
    if (progress !== undefined) onProgress(progress);
    const facts = { elapsedMs: clock.now() - submittedAt, retryAfterMs, estimatedMs, random, isFirst };
    state = await next(operation, isFirst && isOverdue ? 0 : nextPollMs(polling, facts));
  }
  return state;
}

/** Asks a provider how a job stands. MODEL_ERROR for one that cannot say it. */
export async function pollOnce(provider: AnyProvider, operation: JsonValue, context: CallContext): Promise<Submission> {
  if (provider.poll === undefined) throw cannotPoll(provider);
  return provider.poll(operation, context);
}

function cannotPoll(provider: AnyProvider): GenblazeError {
  return new GenblazeError(
    "MODEL_ERROR",
    `Provider ${provider.name} said that its job is pending but has no poll function. This is a fault of the provider package.`,
  );
}
