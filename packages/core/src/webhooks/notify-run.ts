import { GenblazeError } from "../errors/genblaze-error.js";
import { assertKnownOptions } from "../options/assert-known-options.js";
import type { RunEvent } from "../run/run-events.js";
import type { RunHandle } from "../run/start-run.js";
import type { WebhookNotifier } from "./webhook-notifier.js";

/** What {@link notifyRun} takes besides run and notifier. */
export interface NotifyRunOptions {
  /** The number of the last event that is known to have arrived: those after it are sent. @default -1, which sends all */
  readonly after?: number | undefined;
  /** How long to wait for the run's last events once it has ended, in milliseconds. @default 30_000 */
  readonly flushMs?: number | undefined;
}

const DEFAULT_FLUSH_MS = 30_000;
/** The most that a reader may have. */
const BUFFER = { size: 10_000 };

/**
 * Gives a notifier all events of a run, from the first one whenever it is called, and waits for the run's end and
 * until they are sent; false when that takes longer than `flushMs`, and they go on being sent, or when earlier events
 * could not be read out of the journal. The run does not wait for it, and its failure is the business of `run.result`:
 * this rejects for a wrong option only (INVALID_OPTION).
 *
 * A run that goes on, in this process or another, is told from its first turn on: what waited when a process died is
 * sent then. What had arrived comes again under the id that it had, for the receiver to drop; `after` leaves it out.
 *
 * @example
 * const run = pipeline.start({ journal, runId: "order-4711" });
 * const notified = notifyRun(run, notifier);
 * const result = await run.result;
 * await notified;
 */
export async function notifyRun(
  run: Pick<RunHandle, "runId" | "stream">,
  notifier: WebhookNotifier,
  options: NotifyRunOptions = {},
): Promise<boolean> {
  assertKnownOptions(options, ["after", "flushMs"], "notifyRun(run, notifier, options)");
  const { after = -1, flushMs = DEFAULT_FLUSH_MS } = options;
  const isAllRead = await pass(run.stream({ after, buffer: BUFFER }), notifier);
  return (await notifier.flush({ runId: run.runId, timeoutMs: flushMs })) && isAllRead;
}

async function pass(events: AsyncIterable<RunEvent>, notifier: WebhookNotifier): Promise<boolean> {
  try {
    for await (const event of events) notifier.notify(event);
    return true;
  } catch (error) {
    if (GenblazeError.isInstance(error) && error.code === "JOURNAL_FAILED") return false;
    throw error;
  }
}
