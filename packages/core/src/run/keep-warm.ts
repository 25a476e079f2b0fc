import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { Runtime } from "./runtime.js";

/** What {@link keepWarm} takes. */
export interface KeepWarmOptions {
  /** Wakes the model, by the smallest request that its vendor has; what it costs is yours to know. */
  readonly ping: (signal: AbortSignal) => Promise<unknown>;
  /** How often, in milliseconds. */
  readonly everyMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Keeps a model loaded by asking it at intervals, on the runtime's clock, the first time at once. One ping at a time;
 * one that fails is logged and tried again. Resolves when the signal aborts. INVALID_OPTION.
 *
 * @example
 * const hours = new AbortController();
 * void keepWarm(runtime, { ping: () => fetch(healthUrl), everyMs: 240_000, signal: hours.signal });
 */
export async function keepWarm({ clock, logger }: Runtime, options: KeepWarmOptions): Promise<void> {
  const { ping, everyMs, signal } = options;
  if (typeof ping !== "function" || !(everyMs > 0)) {
    throw new GenblazeError(
      "INVALID_OPTION",
      "keepWarm(runtime, options): ping as a function and everyMs above 0 are expected.",
    );
  }
  while (!signal.aborted) {
    await Promise.resolve(signal)
      .then(ping)
      .catch((thrown: unknown) => {
        if (!signal.aborted) logger.warn("A ping failed.", { message: errorFromUnknown(thrown, "The ping").message });
      });
    await pause(clock, everyMs, signal);
  }
}

function pause(clock: Runtime["clock"], ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      takeBack();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const takeBack = clock.schedule(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
