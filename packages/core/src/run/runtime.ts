import { systemClock } from "../internal/system-clock.js";
import type { MediaWriter } from "../media/media-writer.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import type { Clock } from "../provider/clock.js";
import { type Logger, silentLogger } from "../provider/logger.js";
import type { Storage } from "../storage/storage.js";
import type { Journal } from "./journal.js";

/** Everything that runs share and that comes from outside: time, network, chance, the journal, media handlers. */
export interface Runtime {
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  readonly logger: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Bytes that nobody can guess, for salts and nonces. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Unique ids for runs, steps and assets; UUIDs, since the Python library expects them. */
  readonly createId: () => string;
  /** Where runs are written down as they go on. @default a journal in memory for each run */
  readonly journal: Journal | undefined;
  /** Embeds manifests for `result.save`; without one it writes sidecars. */
  readonly media: MediaWriter | undefined;
  /** Where a run keeps the bytes of its assets; called once a run. */
  readonly createSpoolStorage: (() => Storage) | undefined;
}

/** A runtime of one's own: give what shall differ from the default. Options that are left out are the real thing: system time, `fetch`, random UUIDs, a journal in memory, no logging, no media. */
export function createRuntime(options: Partial<Runtime> = {}): Runtime {
  assertKnownOptions(options, known, "createRuntime(options)");
  return Object.freeze({
    clock: options.clock ?? systemClock,
    fetch: options.fetch ?? globalFetch,
    logger: options.logger ?? silentLogger,
    random: options.random ?? Math.random,
    randomBytes: options.randomBytes ?? ((length: number) => globalThis.crypto.getRandomValues(new Uint8Array(length))),
    createId: options.createId ?? (() => globalThis.crypto.randomUUID()),
    journal: options.journal,
    media: options.media,
    createSpoolStorage: options.createSpoolStorage,
  });
}

const known = [
  "clock",
  "fetch",
  "logger",
  "random",
  "randomBytes",
  "createId",
  "journal",
  "media",
  "createSpoolStorage",
] as const satisfies readonly (keyof Runtime)[];

// Looked up when called, so that a global fetch that is replaced later is used.
const globalFetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init);
