import { systemClock } from "../internal/system-clock.js";
import { abortError } from "../internal/throw-if-aborted.js";
import type { Clock } from "../provider/clock.js";
import { cancelled, openRunSignal, type RunSignal } from "../run/run-signal.js";
import { batchError } from "./batch-error.js";
import type { BatchEnd, BatchResult, BatchSummary } from "./batch-result.js";
import type { CheckedBatch } from "./check-batch-options.js";
import { type ItemKey, itemKeys } from "./item-key.js";
import type { LedgerSession } from "./ledger.js";
import { namedItems } from "./named-items.js";
import { closeLedger, openLedger } from "./open-ledger.js";
import { type ItemContext, type RunnablePipeline, remember, runItem } from "./run-item.js";
import type { Items } from "./take-items.js";
import { createTally, type Tally } from "./tally.js";
import { type WorkOptions, workOff } from "./work-off.js";

/** How a batch comes to its end; the first reason stays. */
interface Ending {
  readonly signal: RunSignal;
  /** Whether no further item may be begun. */
  shouldStop(): boolean;
  leave(): void;
  /** To be asked when all is over. */
  endedBy(): BatchEnd;
}

function openEnding(
  batch: Pick<CheckedBatch<never, never>, "signal" | "stopAfterFailures">,
  clock: Clock,
  tally: Tally,
): Ending {
  const signal = openRunSignal(clock, batch.signal, undefined);
  let end: BatchEnd | undefined;
  return {
    signal,
    shouldStop() {
      if (signal.signal.aborted) end ??= "cancelled";
      if (tally.failed >= batch.stopAfterFailures) end ??= "failures";
      return end !== undefined;
    },
    leave() {
      end ??= "left";
      signal.abort(cancelled("The reader of the batch left."));
    },
    // An abort that hit nothing, as all items had ended, changed nothing.
    endedBy: () => end ?? (tally.cancelled > 0 ? "cancelled" : "items"),
  };
}

/** Takes the summary, once; later calls change nothing. */
export type SettleSummary = (summary: BatchSummary | Promise<never>) => void;

/** Runs the pipeline for every item and yields the results; settles the summary however it ends. */
export async function* runBatch<Item, S>(
  pipeline: RunnablePipeline<S>,
  items: Items<Item>,
  batch: CheckedBatch<Item, S>,
  settle: SettleSummary,
): AsyncGenerator<BatchResult<S>, void> {
  const clock = batch.runtime?.clock ?? systemClock;
  const startedAt = clock.now();
  const tally = createTally();
  const ending = openEnding(batch, clock, tally);
  const { signal } = ending.signal;
  let session: LedgerSession | undefined;
  let hasFailed = false;
  try {
    session = await openLedger(batch.ledger);
    const error = (thrown: unknown, index: number) =>
      batchError(pipeline.definition.name, `its items could not be read on from item ${index}`, thrown);
    const work = workOf({ pipeline, batch, session, clock, signal }, tally, ending);
    yield* workOff(namedItems(items, error), work);
    if (ending.endedBy() === "cancelled") throw abortError(signal.reason);
  } catch (error) {
    hasFailed = true;
    // Whoever ends a batch wants to know how far it came.
    if (error !== signal.reason) settle(Promise.reject(error));
    throw error;
  } finally {
    const endedAt = clock.now();
    ending.signal.close();
    await closeLedger(session, hasFailed).catch((error: unknown) => {
      settle(Promise.reject(error));
      throw error;
    });
    settle(tally.summary(ending.endedBy(), endedAt - startedAt));
  }
}

function workOf<Item, S>(
  context: ItemContext<Item, S>,
  tally: Tally,
  { signal, shouldStop, leave }: Ending,
): WorkOptions<Item, BatchResult<S>> {
  const { batch, pipeline } = context;
  const keyOf = itemKeys(batch, pipeline.definition.name);
  return {
    concurrency: batch.concurrency,
    maxUnread: batch.maxUnread,
    work: async (item, index, fail) => workOne(context, tally, { item, index, key: keyOf(item, index), fail }),
    shouldStop,
    onStop: (callback) => signal.onAbort(callback),
    onLeave: leave,
  };
}

interface ItemWork<Item> {
  readonly item: Item;
  readonly index: number;
  readonly key: ItemKey;
  readonly fail: (thrown: unknown) => void;
}

async function workOne<Item, S>(
  context: ItemContext<Item, S>,
  tally: Tally,
  { item, index, key, fail }: ItemWork<Item>,
): Promise<BatchResult<S>> {
  const result = await runItem(context, item, index, key);
  tally.add(result);
  try {
    await remember(context.session, result);
    await tell(context, result);
  } catch (thrown) {
    // It ends the batch; what the item gave may have been paid for, and is handed out.
    fail(thrown);
  }
  return result;
}

async function tell<S>({ batch, pipeline }: ItemContext<never, S>, result: BatchResult<S>): Promise<void> {
  try {
    await batch.onResult?.(result);
  } catch (thrown) {
    throw batchError(pipeline.definition.name, `its option onResult threw for item ${result.index}`, thrown);
  }
}
