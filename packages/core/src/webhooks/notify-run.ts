import { assertKnownOptions } from "../options/assert-known-options.js";
import type { RunHandle } from "../run/start-run.js";
import type { WebhookNotifier } from "./webhook-notifier.js";

/** What {@link notifyRun} takes besides run and notifier. */
export interface NotifyRunOptions {
  /** How long to wait for the run's last events once it has ended, in milliseconds. @default 30_000 */
  readonly flushMs?: number | undefined;
}

const DEFAULT_FLUSH_MS = 30_000;

/**
 * Gives a notifier all events of a run, from the first one whenever it is called, and waits for the run's end and
 * until they are sent; false when that takes longer than `flushMs`, and they go on being sent. The run does not wait
 * for it, and its failure is the business of `run.result`: this rejects for a wrong option only (INVALID_OPTION).
 *
 * @example
 * const run = pipeline.start();
 * const notified = notifyRun(run, notifier);
 * const result = await run.result;
 * await notified;
 */
export async function notifyRun(
  run: Pick<RunHandle, "runId" | "events">,
  notifier: WebhookNotifier,
  options: NotifyRunOptions = {},
): Promise<boolean> {
  assertKnownOptions(options, ["flushMs"], "notifyRun(run, notifier, options)");
  for await (const event of run.events) notifier.notify(event);
  return notifier.flush({ runId: run.runId, timeoutMs: options.flushMs ?? DEFAULT_FLUSH_MS });
}
