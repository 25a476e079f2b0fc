import { setMaxListeners } from "node:events";
import type { GenblazeError } from "../errors/genblaze-error.js";

/** A signal and a cheaper way to listen to it than an event listener for each of thousands of steps. */
export interface AbortSource {
  readonly signal: AbortSignal;
  /** Calls back when the signal aborts, at once if it has; the returned function takes it back. */
  onAbort(callback: (reason: unknown) => void): () => void;
  /** When it will abort at the latest, in milliseconds since 1970; undefined when no time limit is set. */
  readonly endsAt?: number | undefined;
}

export interface AbortControl extends AbortSource {
  /** Aborts; the first reason stays. */
  abort(reason: GenblazeError): void;
}

export function createAbortControl(): AbortControl {
  const controller = new AbortController();
  const callbacks = new Set<(reason: unknown) => void>();
  // Providers of one run share this signal, so many listeners are no leak.
  setMaxListeners(0, controller.signal);
  return {
    signal: controller.signal,
    abort(reason) {
      if (controller.signal.aborted) return;
      controller.abort(reason);
      for (const callback of callbacks) callback(reason);
    },
    onAbort(callback) {
      if (controller.signal.aborted) callback(controller.signal.reason);
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
  };
}

/** What aborts with another source, or before it; `close` lets go of that one. */
export interface AbortFollower extends AbortControl {
  close(): void;
}

export function followAbort(parent: AbortSource): AbortFollower {
  const control = createAbortControl();
  const close = parent.onAbort(() => control.abort(parent.signal.reason));
  return { ...control, endsAt: parent.endsAt, close };
}

/** A signal of somebody else's as a source. */
export function toAbortSource(signal: AbortSignal): AbortSource {
  return {
    signal,
    onAbort(callback) {
      const listener = () => callback(signal.reason);
      if (signal.aborted) listener();
      else signal.addEventListener("abort", listener, { once: true });
      return () => signal.removeEventListener("abort", listener);
    },
  };
}

/** The promise's outcome, or a rejection with the signal's reason as soon as it aborts, whatever the promise does. */
export function raceAbort<T>(promise: Promise<T>, source: AbortSource): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = source.onAbort(reject);
    promise.then(
      (value) => {
        forget();
        resolve(value);
      },
      (error: unknown) => {
        forget();
        reject(error);
      },
    );
  });
}
