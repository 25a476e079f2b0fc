import { leavable } from "./leavable.js";
import type { RunEvent } from "./run-events.js";
import type { RunHandle } from "./start-run.js";
import type { StreamOptions } from "./stream-options.js";

/**
 * The events of a run, then its failure if it has one. Leaving the loop early cancels the run; a reader that was too
 * slow (READER_TOO_SLOW) does not.
 */
export function streamRun<S>(run: RunHandle<S>, options?: StreamOptions): AsyncIterableIterator<RunEvent, void> {
  const events = run.stream(options);
  let isAtEnd = false;
  async function* all(): AsyncGenerator<RunEvent, void> {
    for await (const event of events) yield event;
    isAtEnd = true;
    await run.result;
  }
  return leavable(all(), () => {
    // The generator may be waiting for the next event, and ends when its source does.
    void events.return?.();
    if (!isAtEnd) run.cancel("The reader of the events left.");
  });
}
