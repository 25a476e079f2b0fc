import { systemClock } from "../internal/system-clock.js";
import type { Clock } from "../provider/clock.js";
import type { RunHandle } from "../run/start-run.js";
import { openLiveView } from "./live-view.js";
import { plainLine } from "./plain-line.js";
import type { TextStream } from "./text-stream.js";

export interface WatchOptions {
  /** @default the real time */
  readonly clock?: Clock;
  /**
   * Whether a person is asked on the same terminal when a step waits: then the display stands still until there is an
   * answer, and goes on below it. @default false
   */
  readonly isAsking?: boolean;
  /** What stands below the steps on a terminal, when there is something to say. @default nothing */
  readonly notice?: () => string | undefined;
}

/**
 * Shows how a run goes on until it ends: on a terminal a display that redraws itself, elsewhere a line per event
 * that matters. Resolves when the run has ended, however it did; the outcome is `run.result`.
 */
export async function watchRun(
  run: Pick<RunHandle<unknown>, "plan" | "events">,
  stream: TextStream,
  { clock = systemClock, isAsking = false, notice }: WatchOptions = {},
): Promise<void> {
  if (stream.isTTY !== true) {
    for await (const event of run.events) {
      const line = plainLine(event);
      if (line !== undefined) stream.write(`${line}\n`);
    }
    return;
  }
  const view = openLiveView(run.plan, stream, clock, { isAsking, notice });
  try {
    for await (const event of run.events) view.show(event);
  } finally {
    view.close();
  }
}
