import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject } from "../json/json-value.js";
import type { RunEvent } from "../run/run-events.js";
import { deliverWebhook } from "./deliver-webhook.js";
import type { DeliveryCounter } from "./delivery-counts.js";
import type { NotifierSettings } from "./notifier-options.js";
import { createWaitingEvents } from "./waiting-events.js";
import type { EventWeight } from "./webhook-event-types.js";

/** Events on their way, and those that wait until it is their turn. */
export interface DeliveryQueue {
  /** How many are on their way or wait. */
  readonly size: number;
  add(runId: string, weight: EventWeight, delivery: WaitingDelivery): void;
  /** Waits until nothing waits, or nothing of one run; false when that takes longer than `timeoutMs`. */
  flush(options: FlushOptions): Promise<boolean>;
  /** Lets go of all that wait, and ends what is on its way. */
  stop(): Promise<void>;
}

/** What is sent for an event. */
export type Payload = RunEvent | JsonObject;

/** What {@link DeliveryQueue.flush} takes. */
export interface FlushOptions {
  /** In milliseconds. */
  readonly timeoutMs: number;
  /** Wait for the events of this run only. @default for all */
  readonly runId?: string | undefined;
}

/** An event that waits for its turn. */
export interface WaitingDelivery {
  /** The same for every attempt. */
  readonly id: string;
  readonly payload: Payload;
}

const CLOSED = "the notifier was closed";

/** An empty queue. What becomes of its events is told to the counter. */
export function createDeliveryQueue(settings: NotifierSettings, counter: DeliveryCounter): DeliveryQueue {
  const { maxWaiting, concurrency } = settings;
  const waiting = createWaitingEvents<WaitingDelivery>(maxWaiting);
  // A controller for each: many listeners on one signal are slow, and Node warns of them.
  const underWay = new Map<AbortController, Promise<void>>();
  const watchers = new Set<() => void>();

  function sendNext(): void {
    while (underWay.size < concurrency) {
      const next = waiting.take();
      if (next === undefined) return;
      const controller = new AbortController();
      const sent = send(next.value, settings, counter, controller.signal).then(() => {
        underWay.delete(controller);
        waiting.release(next.runId);
        sendNext();
        for (const watch of watchers) watch();
      });
      underWay.set(controller, sent);
    }
  }

  return {
    get size() {
      return waiting.size + underWay.size;
    },
    add(runId, weight, delivery) {
      const gone = waiting.add(runId, weight, delivery);
      for (const _ of gone) counter.dropped(`more than ${maxWaiting} waited`);
      sendNext();
    },
    flush({ timeoutMs, runId }) {
      const isOver = () => (runId === undefined ? waiting.size + underWay.size === 0 : !waiting.has(runId));
      if (isOver()) return Promise.resolve(true);
      return new Promise((resolve) => {
        const end = (isDone: boolean) => {
          takeBack();
          watchers.delete(watch);
          resolve(isDone);
        };
        const watch = () => isOver() && end(true);
        const takeBack = settings.clock.schedule(() => end(false), timeoutMs);
        watchers.add(watch);
      });
    },
    async stop() {
      for (const _ of waiting.clear()) counter.dropped(CLOSED);
      const ending = [...underWay.values()];
      for (const controller of underWay.keys()) controller.abort(new GenblazeError("CANCELLED", `${CLOSED}.`));
      await Promise.all(ending);
    },
  };
}

async function send(
  { id, payload }: WaitingDelivery,
  settings: NotifierSettings,
  counter: DeliveryCounter,
  signal: AbortSignal,
): Promise<void> {
  try {
    await deliverWebhook({ id, body: JSON.stringify(payload) }, settings, signal);
    counter.delivered();
  } catch (error) {
    if (signal.aborted) counter.dropped(CLOSED);
    else counter.failed(error);
  }
}
