import { GenblazeError } from "../errors/genblaze-error.js";
import type { JsonObject } from "../json/json-value.js";
import { describeValue } from "../options/describe-value.js";

/** Longest key that a ledger takes, in UTF-16 units: a path of this machine fits, a whole prompt does not. */
export const MAX_KEY_LENGTH = 4_096;

/** A ledger while work goes on. */
export interface LedgerSession {
  /** What was recorded under a key, the last if several; undefined when nothing was. */
  get(key: string): JsonObject | undefined | Promise<JsonObject | undefined>;
  /** Remembers facts; when its promise resolves, they survive a crash. */
  record(key: string, facts: JsonObject): Promise<void>;
  /** Ends the session; what it held is free again. */
  close(): Promise<void>;
}

/** Remembers across runs of the program which work is done, so that it is neither done nor paid for again. */
export interface Ledger {
  /** Begins a session; several may be open at the same time. `batch` and `ingest` open and close their own. */
  open(): Promise<LedgerSession>;
}

/** A ledger that lives as long as the process. */
export function memoryLedger(): Ledger {
  const entries = new Map<string, JsonObject>();
  return {
    async open() {
      return {
        get: (key) => entries.get(key),
        async record(key, facts) {
          assertLedgerKey(key);
          entries.set(key, facts);
        },
        async close() {},
      };
    },
  };
}

/** INVALID_OPTION for a key that no ledger takes. */
export function assertLedgerKey(key: unknown): asserts key is string {
  if (typeof key === "string" && key !== "" && key.length <= MAX_KEY_LENGTH && key.isWellFormed()) return;
  const came = typeof key === "string" ? `one of ${key.length} characters` : describeValue(key);
  const message = `The key of an item is a text of 1 to ${MAX_KEY_LENGTH} characters without half surrogate pairs; ${came} was given. Make it of the item's id, or of a hash.`;
  throw new GenblazeError("INVALID_OPTION", message);
}
