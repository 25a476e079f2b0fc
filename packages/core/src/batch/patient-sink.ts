import { errorFromUnknown } from "../errors/error-from-unknown.js";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { Clock } from "../provider/clock.js";
import { type AbortSource, createAbortControl, raceAbort } from "../run/abort-source.js";
import type { RunResult } from "../run/run-result.js";
import type { Sink, SinkInput, SinkReceipt } from "../storage/sink.js";

/** How long the writing of one run may go on. */
export interface Patience {
  /** Aborts when the batch is left, which ends no write. */
  readonly left: AbortSignal;
  /** Aborts at the run's time limit after the batch was left; until then the run sees to it. */
  readonly limit: AbortSource;
  /** Begins to look at the time; the returned function stops that. */
  beginLimit(): () => void;
}

/** Time counts from now. */
export function createPatience(left: AbortSignal, clock: Clock, timeoutMs: number | undefined): Patience {
  const limit = createAbortControl();
  const startedAt = clock.now();
  return {
    left,
    limit,
    beginLimit() {
      if (timeoutMs === undefined) return () => undefined;
      return clock.schedule(() => limit.abort(tooLong(timeoutMs)), startedAt + timeoutMs - clock.now());
    },
  };
}

function tooLong(timeoutMs: number): GenblazeError {
  const message = `The run completed. It was not stored: its sink was not done within the run's limit of ${timeoutMs} ms. Raise timeoutMs, or store it with result.store(sink).`;
  return new GenblazeError("SINK_FAILED", message, { details: { timeoutMs } });
}

/**
 * A sink for the runs of a batch: leaving the batch does not end a write that has begun, as the run is paid for. A run
 * that is written once more, since it did not wait, gets the write that is under way.
 */
export function patientSink(sink: Sink, patience: Patience): Sink {
  const writes = new WeakMap<SinkInput, Promise<SinkReceipt>>();
  return {
    name: sink.name,
    write(input, { signal } = {}) {
      const write = writes.get(input) ?? sink.write(input, { signal: unlessLeft(signal, patience) });
      writes.set(input, write);
      return write;
    },
  };
}

/** A signal that aborts as the run's own does; once the batch was left, at the run's time limit only. */
function unlessLeft(signal: AbortSignal | undefined, { left, limit }: Patience): AbortSignal {
  const control = createAbortControl();
  signal?.addEventListener("abort", () => left.aborted || control.abort(signal.reason), { once: true });
  limit.onAbort((reason) => control.abort(errorFromUnknown(reason, "The time limit")));
  return control.signal;
}

/** Waits until a completed run is written, though its batch was left meanwhile; other runs are as they are. */
export async function storedAnyway<S>(
  result: RunResult<S>,
  sink: Sink | undefined,
  { left, limit, beginLimit }: Patience,
): Promise<RunResult<S>> {
  const isOpen = result.status === "completed" && result.error?.code === "SINK_FAILED";
  if (sink === undefined || !left.aborted || !isOpen) return result;
  const endLimit = beginLimit();
  try {
    const stored = await raceAbort(result.store(sink), limit);
    return { ...result, run: stored.run, manifest: stored.manifest, stored, error: undefined };
  } catch (thrown) {
    return { ...result, error: errorFromUnknown(thrown, `Sink "${sink.name}"`) };
  } finally {
    endLimit();
  }
}
