import { errorFromUnknown } from "../errors/error-from-unknown.js";
import type { RunResult } from "../run/run-result.js";
import type { Sink, SinkInput, SinkReceipt } from "../storage/sink.js";

/**
 * A sink for the runs of a batch: leaving the batch does not end a write that has begun, as the run is paid for. A run
 * that is written once more, since it did not wait, gets the write that is under way.
 */
export function patientSink(sink: Sink, left: AbortSignal): Sink {
  const writes = new WeakMap<SinkInput, Promise<SinkReceipt>>();
  return {
    name: sink.name,
    write(input, { signal } = {}) {
      const write = writes.get(input) ?? sink.write(input, { signal: unlessLeft(signal, left) });
      writes.set(input, write);
      return write;
    },
  };
}

/** A signal that aborts as the run's own does: at its time limit for example. */
function unlessLeft(signal: AbortSignal | undefined, left: AbortSignal): AbortSignal {
  const control = new AbortController();
  signal?.addEventListener("abort", () => left.aborted || control.abort(signal.reason), { once: true });
  return control.signal;
}

/** Waits until a completed run is written, though its batch was left meanwhile; other runs are as they are. */
export async function storedAnyway<S>(
  result: RunResult<S>,
  sink: Sink | undefined,
  left: AbortSignal,
): Promise<RunResult<S>> {
  const isOpen = result.status === "completed" && result.error?.code === "SINK_FAILED";
  if (sink === undefined || !left.aborted || !isOpen) return result;
  try {
    const stored = await result.store(sink);
    return { ...result, run: stored.run, manifest: stored.manifest, stored, error: undefined };
  } catch (thrown) {
    return { ...result, error: errorFromUnknown(thrown, `Sink "${sink.name}"`) };
  }
}
