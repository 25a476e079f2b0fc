import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject } from "../json/json-value.js";
import type { RunEvent } from "../run/run-events.js";
import { type Delivery, deliverWebhook } from "./deliver-webhook.js";
import { createDeliveryCounter, type DeliveryCounts } from "./delivery-counts.js";
import { checkNotifierOptions, type NotifierSettings, type WebhookNotifierOptions } from "./notifier-options.js";
import { createStepCounts } from "./step-counts.js";
import { toPythonWebhook } from "./to-python-webhook.js";
import { createWaitingEvents } from "./waiting-events.js";
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

/** What {@link WebhookNotifier.flush} takes. */
export interface FlushOptions {
  /** In milliseconds. */
  readonly timeoutMs: number;
  /** Wait for the events of this run only. @default for all */
  readonly runId?: string | undefined;
}

const DEFAULT_CLOSE_MS = 5_000;

/**
 * Sends events as signed webhooks (Standard Webhooks 1.0.0, see {@link signWebhook}; without a secret they have an id
 * and a time, but no signature). Each event is one delivery, with one id for all of its attempts, so a receiver that
 * remembers ids takes each once. The events of a run come in their order; the next one is sent when the one before is
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
  const toPayload = payloads(settings);
  const waiting = createWaitingEvents<Waiting>(settings.maxWaiting);
  const underWay = new Set<Promise<void>>();
  const watchers = new Set<() => void>();
  const closing = new AbortController();
  let closed: Promise<boolean> | undefined;

  function sendNext(): void {
    while (underWay.size < settings.concurrency) {
      const next = waiting.take();
      if (next === undefined) return;
      const sending = send(next.value).then(() => {
        underWay.delete(sending);
        waiting.release(next.runId);
        sendNext();
        for (const watch of watchers) watch();
      });
      underWay.add(sending);
    }
  }

  async function send({ id, payload }: Waiting): Promise<void> {
    try {
      const delivery: Delivery = { id, body: JSON.stringify(payload) };
      await deliverWebhook(delivery, settings, closing.signal);
      counter.delivered();
    } catch (error) {
      if (closing.signal.aborted) counter.dropped("the notifier was closed");
      else counter.failed(error);
    }
  }

  function flush({ timeoutMs, runId }: FlushOptions): Promise<boolean> {
    const isOver = () => (runId === undefined ? waiting.size + underWay.size === 0 : !waiting.has(runId));
    if (isOver()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (isDone: boolean) => {
        takeBack();
        watchers.delete(watch);
        resolve(isDone);
      };
      const watch = () => {
        if (isOver()) end(true);
      };
      const takeBack = settings.clock.schedule(() => end(false), timeoutMs);
      watchers.add(watch);
    });
  }

  async function close(timeoutMs: number): Promise<boolean> {
    const isDone = await flush({ timeoutMs });
    for (const _ of waiting.clear()) counter.dropped("the notifier was closed");
    closing.abort(new GenblazeError("CANCELLED", "The notifier was closed."));
    await Promise.all(underWay);
    return isDone;
  }

  return {
    notify(event) {
      if (closed !== undefined) return counter.dropped("the notifier is closed");
      try {
        const payload = toPayload(event);
        if (payload === undefined) return;
        const gone = waiting.add(event.runId, webhookEventTypes[event.type], { id: settings.createId(), payload });
        for (const _ of gone) counter.dropped(`more than ${settings.maxWaiting} waited`);
        sendNext();
      } catch (error) {
        counter.failed(error);
      }
    },
    flush,
    close({ timeoutMs = DEFAULT_CLOSE_MS } = {}) {
      closed ??= close(timeoutMs);
      return closed;
    },
    get counts() {
      return { ...counter.counts, waiting: waiting.size + underWay.size };
    },
  };
}

interface Waiting {
  readonly id: string;
  readonly payload: RunEvent | JsonObject;
}

/** What is sent for an event; undefined for one that is not. */
function payloads({ events, format }: NotifierSettings): (event: RunEvent) => Waiting["payload"] | undefined {
  const stepCounts = createStepCounts();
  return (event) => {
    // Counted before it is left out: the end of the run says how many steps there were.
    const stepCount = format === "python" ? stepCounts.count(event) : 0;
    if (!events.has(event.type)) return undefined;
    return format === "python" ? toPythonWebhook(event, stepCount) : event;
  };
}
