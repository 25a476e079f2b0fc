import type { RunEvent } from "../run/run-events.js";
import { createDeliveryCounter, type DeliveryCounts } from "./delivery-counts.js";
import { createDeliveryQueue, type FlushOptions, type Payload } from "./delivery-queue.js";
import { checkNotifierOptions, type NotifierSettings, type WebhookNotifierOptions } from "./notifier-options.js";
import { createStepCounts } from "./step-counts.js";
import { toPythonWebhook } from "./to-python-webhook.js";
import { webhookEventTypes } from "./webhook-event-types.js";

/** Sends the events of runs to a URL, behind the runs' backs. */
export interface WebhookNotifier {
  /** Takes an event, to be sent in its turn. Never waits and never throws. */
  notify(event: RunEvent): void;
  /** Waits until nothing waits, or nothing of one run; false when that takes longer than `timeoutMs`. Never rejects. */
  flush(options: FlushOptions): Promise<boolean>;
  /**
   * Takes nothing more, flushes, and lets go of what is left after `timeoutMs`, which ends what is under way; false when
   * something was left. No timer and no socket remains. Never rejects; a second call gives the promise of the first.
   *
   * `timeoutMs` is 5_000 by default.
   */
  close(options?: { readonly timeoutMs?: number | undefined }): Promise<boolean>;
  /** What became of the events so far. */
  readonly counts: DeliveryCounts;
}

const DEFAULT_CLOSE_MS = 5_000;

/**
 * Sends events as signed webhooks (Standard Webhooks 1.0.0, see {@link signWebhook}; without a secret they have an id
 * and a time, but no signature). Each event is one delivery, with one id for all of its attempts, also in another
 * process, so a receiver that remembers ids takes each once. The events of a run come in their order; the next one is sent when the one before is
 * taken or given up. A URL that is redirected, not public or not https is not asked. INVALID_OPTION.
 *
 * @example
 * const notifier = webhookNotifier({ url: "https://example.com/hooks", secret });
 * await notifyRun(pipeline.start(), notifier);
 * await notifier.close();
 */
export function webhookNotifier(options: WebhookNotifierOptions): WebhookNotifier {
  const settings = checkNotifierOptions(options);
  const counter = createDeliveryCounter(settings.logger, new URL(settings.url).host);
  const queue = createDeliveryQueue(settings, counter);
  const toPayload = payloads(settings);
  let closed: Promise<boolean> | undefined;

  async function close(timeoutMs: number): Promise<boolean> {
    const isDone = await queue.flush({ timeoutMs });
    await queue.stop();
    return isDone;
  }

  return {
    notify(event) {
      if (closed !== undefined) return counter.dropped("the notifier is closed");
      try {
        const payload = toPayload(event);
        if (payload === undefined) return;
        queue.add(event.runId, webhookEventTypes[event.type], { id: settings.createId(event), payload });
      } catch (error) {
        counter.failed(error);
      }
    },
    flush: queue.flush,
    close({ timeoutMs = DEFAULT_CLOSE_MS } = {}) {
      closed ??= close(timeoutMs);
      return closed;
    },
    get counts() {
      return { ...counter.counts, waiting: queue.size };
    },
  };
}

/** What is sent for an event; undefined for one that is not. */
function payloads({ events, format }: NotifierSettings): (event: RunEvent) => Payload | undefined {
  const stepCounts = createStepCounts();
  return (event) => {
    // Counted before it is left out: the end of the run does not say how many steps there were.
    const stepCount = format === "python" ? stepCounts.count(event) : 0;
    if (!events.has(event.type)) return undefined;
    return format === "python" ? toPythonWebhook(event, stepCount) : event;
  };
}
