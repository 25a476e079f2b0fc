import { GenblazeError } from "../errors/genblaze-error.js";
import type { ResponseFacts } from "../retry/error-from-response.js";
import { parseRetryAfter } from "../retry/parse-retry-after.js";
import { withRetry } from "../retry/with-retry.js";
import type { NotifierSettings } from "./notifier-options.js";
import { signWebhook } from "./sign-webhook.js";

/** One event on its way. */
export interface Delivery {
  /** The same for every attempt. */
  readonly id: string;
  readonly body: string;
}

/**
 * Sends until it is taken (2xx), with the waits of the policy after 5xx, 429, silence and lost connections; any other
 * answer is final, a redirect too. Each attempt is signed for its own time. Throws the last error.
 */
export async function deliverWebhook(
  delivery: Delivery,
  settings: NotifierSettings,
  signal: AbortSignal,
): Promise<void> {
  const { policy, clock, random } = settings;
  await withRetry(() => attempt(delivery, settings, signal), { phase: "transfer", policy, clock, random, signal });
}

async function attempt({ id, body }: Delivery, settings: NotifierSettings, closing: AbortSignal): Promise<void> {
  const { url, secret, clock, timeoutMs, post } = settings;
  const now = clock.now();
  const headers = {
    ...settings.headers,
    "content-type": "application/json",
    "user-agent": "genblaze",
    ...(secret === undefined
      ? { "webhook-id": id, "webhook-timestamp": String(Math.floor(now / 1_000)) }
      : signWebhook({ secret, id, now, body })),
  };
  const controller = new AbortController();
  const stopTimer = clock.schedule(() => controller.abort(tookTooLong(timeoutMs)), timeoutMs);
  const follow = () => controller.abort(closing.reason);
  closing.addEventListener("abort", follow, { once: true });
  try {
    const answer = await post({ url, headers, body, signal: controller.signal });
    assertTaken(answer, clock.now());
  } finally {
    stopTimer();
    closing.removeEventListener("abort", follow);
  }
}

function assertTaken({ status, headers }: ResponseFacts, now: number): void {
  if (status >= 200 && status < 300) return;
  const message = `The receiver of the webhook answered ${status}.`;
  const retryAfterMs = parseRetryAfter(headers, now);
  const options = { details: { status }, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  if (status === 429) throw new GenblazeError("RATE_LIMITED", message, options);
  if (status >= 500) throw new GenblazeError("SERVER_ERROR", message, options);
  throw new GenblazeError("INVALID_INPUT", message, { ...options, isRetryable: false });
}

function tookTooLong(timeoutMs: number): GenblazeError {
  const message = `The receiver of the webhook gave no answer within ${timeoutMs} ms. Answer first, then work.`;
  return new GenblazeError("TIMED_OUT", message);
}
