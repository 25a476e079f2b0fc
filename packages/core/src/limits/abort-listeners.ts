/** Many who wait for one abort, with one listener on each signal: thousands on one are slow to take off again. */
export interface AbortListeners {
  /** Calls back when the signal aborts, which it has not yet; the returned function takes that back. */
  on(signal: AbortSignal, callback: (reason: unknown) => void): () => void;
}

/** No listeners yet. A signal is remembered as long as somebody waits for it. */
export function createAbortListeners(): AbortListeners {
  const heard = new Map<AbortSignal, Hearing>();

  function listen(signal: AbortSignal): Hearing {
    const callbacks: Hearing["callbacks"] = new Set();
    const onAbort = () => {
      for (const callback of callbacks) callback(signal.reason);
    };
    signal.addEventListener("abort", onAbort);
    const hearing = { callbacks, end: () => signal.removeEventListener("abort", onAbort) };
    heard.set(signal, hearing);
    return hearing;
  }

  return {
    on(signal, callback) {
      const { callbacks, end } = heard.get(signal) ?? listen(signal);
      callbacks.add(callback);
      return () => {
        if (!callbacks.delete(callback) || callbacks.size > 0) return;
        end();
        heard.delete(signal);
      };
    },
  };
}

interface Hearing {
  readonly callbacks: Set<(reason: unknown) => void>;
  readonly end: () => void;
}
