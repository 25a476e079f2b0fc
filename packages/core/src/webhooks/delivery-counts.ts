import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject } from "../json/json-value.js";
import type { Logger } from "../provider/logger.js";

/** What became of the events that a notifier was given. */
export interface DeliveryCounts {
  /** Taken by the receiver. */
  readonly delivered: number;
  /** Refused by the receiver, or not taken in any of the attempts. */
  readonly failed: number;
  /** Let go: there was no room, or the notifier was closed. */
  readonly dropped: number;
  /** Not yet one of the three. */
  readonly waiting: number;
}

/** Counts ends of deliveries, and reports the 1st and every 100th that was no success. */
export interface DeliveryCounter {
  readonly counts: Omit<DeliveryCounts, "waiting">;
  delivered(): void;
  failed(error: unknown): void;
  dropped(reason: string): void;
}

const REPORTED_EVERY = 100;

/** No delivery yet. */
export function createDeliveryCounter(logger: Logger, host: string): DeliveryCounter {
  let delivered = 0;
  let failed = 0;
  let dropped = 0;
  const report = (message: string, count: number, facts: JsonObject) => {
    if (count !== 1 && count % REPORTED_EVERY !== 0) return;
    try {
      logger.warn(message, { host, ...facts });
    } catch {
      // There is nobody to tell, and a run must not fail by it.
    }
  };
  return {
    get counts() {
      return { delivered, failed, dropped };
    },
    delivered() {
      delivered += 1;
    },
    failed(error) {
      failed += 1;
      report("A webhook could not be delivered.", failed, { failed, reason: reasonOf(error) });
    },
    dropped(reason) {
      dropped += 1;
      report("A webhook was dropped.", dropped, { dropped, reason });
    },
  };
}

/** Not the text of other errors: it may hold the URL, whose path is a secret with some receivers. */
function reasonOf(error: unknown): string {
  if (GenblazeError.isInstance(error)) return error.message;
  const code: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  if (typeof code === "string") return code;
  return error instanceof Error ? error.name : "no Error";
}
