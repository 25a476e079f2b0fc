import type { RunEvent } from "./run-events.js";
import type { RunHandle } from "./start-run.js";

/** The events of a run, then its failure if it has one. Leaving the loop early cancels the run. */
export async function* streamRun<S>(run: RunHandle<S>): AsyncGenerator<RunEvent, void> {
  let isAtEnd = false;
  try {
    yield* run.events;
    isAtEnd = true;
    await run.result;
  } finally {
    if (!isAtEnd) run.cancel("The reader of the events left.");
  }
}
