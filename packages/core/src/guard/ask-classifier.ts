import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import { throwIfAborted } from "../internal/throw-if-aborted.js";
import type { JsonValue } from "../json/json-value.js";
import type { AnyProvider } from "../pipeline/step-options.js";
import type { CallContext } from "../provider/call-context.js";
import type { ProviderOutput, StepRequest, StepWarning } from "../provider/provider.js";
import { raceAbort, toAbortSource } from "../run/abort-source.js";
import { byPoll } from "../run/next-news.js";
import { pollOnce, pollUntilDone } from "../run/poll-until-done.js";
import { toPolling } from "../run/polling.js";
import type { OutputCheck, PromptCheck } from "./guard.js";

/** What a provider said to one request. */
export interface Answer {
  readonly output: ProviderOutput;
  readonly warnings: readonly StepWarning[];
}

/**
 * Asks a provider that classifies once and follows its job to the end, with the check's signal, fetch and clock. CANCELLED, or what
 * the signal was aborted with; else the provider's error, of private words without its text.
 */
export async function askClassifier(
  provider: AnyProvider,
  request: StepRequest,
  check: PromptCheck | OutputCheck,
): Promise<Answer> {
  throwIfAborted(check.signal);
  try {
    const prepared = provider.prepare(request);
    const context = toCallContext(check);
    const abort = toAbortSource(check.signal);
    const submission = await raceAbort(provider.submit(prepared, context), abort);
    const poll = (operation: JsonValue) => raceAbort(pollOnce(provider, operation, context), abort);
    const { clock, random } = context;
    const end = await pollUntilDone(provider, submission, {
      ...{ polling: toPolling(), clock, random, submittedAt: clock.now(), isOverdue: false },
      next: byPoll({ timers: clock, abort, poll, onHeartbeat() {} }),
      onPending: () => undefined,
      onProgress() {},
    });
    if (end.status === "failed") throw end.error;
    return { output: end.output, warnings: prepared.warnings ?? [] };
  } catch (error) {
    throwIfAborted(check.signal);
    const told = errorFromUnknown(error, `The classifier ${provider.name} failed`);
    throw check.isPrivate ? withoutText(told, provider.name) : told;
  }
}

function toCallContext(check: PromptCheck | OutputCheck): CallContext {
  const { signal, fetch, clock, logger, random, idempotencyKey } = check;
  return { signal, fetch, clock, logger, random, idempotencyKey, onProgress() {} };
}

/** A provider may quote in its error what it was sent, in a spelling that no mask finds again. */
function withoutText({ code, isRetryable, retryAfterMs }: GenblazeError, provider: string): GenblazeError {
  const message = `The classifier ${provider} failed with ${code}. Its words are not shown, since those of the step are private.`;
  return new GenblazeError(code, message, { isRetryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}
