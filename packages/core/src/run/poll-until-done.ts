import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonValue } from "../json/json-value.js";
import type { AnyProvider } from "../pipeline/step-options.js";
import type { CallContext } from "../provider/call-context.js";
import type { Submission } from "../provider/provider.js";
import { sleep } from "./sleep.js";

const firstDelayMs = 1_000;
const delayGrowth = 1.5;
const longestDelayMs = 10_000;

/** How a job is asked for. */
interface Polling {
  readonly context: CallContext;
  readonly poll: (operation: JsonValue) => Promise<Submission>;
}

/**
 * Follows a submitted job to its end. The provider's `retryAfterMs` sets the rhythm, else 1 s growing to 10 s.
 * `onPending` is awaited with the operation before the first poll, so that it can be written down.
 */
export async function pollUntilDone(
  provider: AnyProvider,
  submission: Submission,
  { context, poll }: Polling,
  onPending: (operation: JsonValue) => Promise<void> | undefined,
): Promise<Exclude<Submission, { status: "pending" }>> {
  let state = submission;
  let delayMs = firstDelayMs;
  let isFirst = true;
  while (state.status === "pending") {
    if (provider.poll === undefined) throw cannotPoll(provider);
    if (isFirst) await onPending(state.operation);
    isFirst = false;
    if (state.progress !== undefined) context.onProgress(state.progress);
    await sleep(context.clock, state.retryAfterMs ?? delayMs, context.signal);
    delayMs = Math.min(delayMs * delayGrowth, longestDelayMs);
    state = await poll(state.operation);
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
