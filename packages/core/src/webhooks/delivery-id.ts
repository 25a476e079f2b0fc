import { hashText } from "../json/hash-text.js";
import type { RunEvent } from "../run/run-events.js";

/** 128 bits: no two events come to the same. */
const HASH_DIGITS = 32;

/**
 * The id under which an event is delivered: the same whenever and by whichever process it is sent, so that a receiver
 * which remembers ids drops what it has. What is not in the journal is not told again, and gets a random one.
 */
export function deliveryId({ runId, sequence, type, timestamp, isTransient }: RunEvent): string {
  if (isTransient === true) return globalThis.crypto.randomUUID();
  // The time and the type too: a run without a journal may be begun again under its id.
  return `evt_${hashText(JSON.stringify([runId, sequence, type, timestamp])).slice(0, HASH_DIGITS)}`;
}
