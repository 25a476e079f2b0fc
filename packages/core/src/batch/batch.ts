import { GenblazeError } from "../errors/genblaze-error.js";
import type { Modality } from "../manifest/model.js";
import { describeValue } from "../options/describe-value.js";
import type { Pipeline } from "../pipeline/pipeline.js";
import type { StepOutput } from "../pipeline/scope.js";
import type { BatchOptions, ItemRun } from "./batch-options.js";
import type { BatchResult, BatchRun, BatchSummary } from "./batch-result.js";
import { type CheckedBatch, checkBatchOptions } from "./check-batch-options.js";
import { runBatch, type SettleSummary } from "./run-batch.js";
import type { RunnablePipeline } from "./run-item.js";
import type { Items } from "./take-items.js";

/** An item that is no input of the pipeline needs a function that makes its run's options. */
export type BatchArguments<Item, In, S> = [Item, In] extends [In, undefined]
  ? [options: WithRunOptions<Item, In, S>]
  : [Item] extends [In]
    ? [options?: BatchOptions<Item, In, S>]
    : [options: WithRunOptions<Item, In, S>];

type WithRunOptions<Item, In, S> = BatchOptions<Item, In, S> & {
  readonly runOptions: (
    item: Item,
    index: number,
  ) => ItemRun<In> & (undefined extends In ? unknown : { readonly input: In });
};

/**
 * Runs a pipeline once for every item and yields what came of each **as it finishes**; every item is a run of its own.
 * An item is the input of its run, unless `runOptions` makes another of it. One failing item does not stop the
 * others. Items are taken only when there is room: at most `concurrency` runs are under way, and at most
 * `concurrency + maxUnread` (twice as many unless it is said) are under way and unread together, so that memory does
 * not grow with the number of items.
 *
 * Nothing runs before the results are read or `summary` is asked for; they can be read once. Leaving the loop early
 * cancels runs that wait for their provider; a run whose steps are done is stored and remembered first. With a
 * `ledger`, completed items are remembered before their results are handed out, and another batch over the same items
 * goes on where this one ended. With `batchId` and a journal each run survives its process, and the same call again
 * goes on with it.
 *
 * Errors at once: INVALID_OPTION, and what `plan` throws. While reading, each after the runs under way have ended: what the source of
 * the items, `key` or `onResult` throws, as an error that names the item and has the thrown value as cause (UNEXPECTED
 * where it has no code of its own); STORAGE_FAILED, or the ledger's own error; CANCELLED when the signal aborted. Failed items are results and throw nothing.
 *
 * @example
 * const run = batch(poster, rows, { ledger: fileLedger("posters.jsonl"), runOptions: { sink } });
 * for await (const { key, status, result } of run) ...
 * const { completed, failed } = await run.summary;
 */
export function batch<In, A extends Modality, S, Out extends StepOutput, Item = In>(
  pipeline: Pipeline<In, A, S, Out>,
  items: Items<Item>,
  ...[options]: BatchArguments<Item, In, S>
): BatchRun<S> {
  // The arguments are checked options or none; the compiler cannot tell which form a type parameter takes.
  const checked = checkBatchOptions<Item, In, S>((options ?? {}) as BatchOptions<Item, In, S>);
  // Its `start` takes the same options, input included, which the pipeline's schema checks at every run.
  const runnable = pipeline as unknown as RunnablePipeline<S>;
  assertItems(items);
  assertPipeline(runnable, checked);
  return readOnce((settle) => runBatch(runnable, items, checked, settle));
}

function assertItems(items: unknown): void {
  const isIterable =
    typeof items === "object" && items !== null && (Symbol.iterator in items || Symbol.asyncIterator in items);
  if (isIterable) return;
  const message = `batch(pipeline, items): a list, or something to iterate over, is expected; ${describeValue(items)} was given.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

function assertPipeline<S>(
  pipeline: RunnablePipeline<S>,
  options: Pick<CheckedBatch<never, S>, "runOptionsOf" | "batchId" | "journal" | "runtime">,
): void {
  if (typeof pipeline !== "object" || pipeline === null || typeof pipeline.plan !== "function") {
    const message = `batch(pipeline, items): a pipeline is expected; ${describeValue(pipeline)} was given.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const { definition } = pipeline;
  if (definition.input === undefined && options.runOptionsOf === undefined) {
    const message = `batch(pipeline, items): pipeline "${definition.name}" takes no input, so that every item would run the same. Give it one: new Pipeline(name, { input: schema }); or say what an item is: runOptions: (item) => ({ assets: [item] }).`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  const { batchId, journal, runtime = pipeline.runtime } = options;
  if (batchId !== undefined && (journal ?? runtime?.journal) === undefined) {
    const message = `batch(pipeline, items, options): option "batchId" needs a journal that remembers the runs: journal: folderJournal(path), or a runtime that has one.`;
    throw new GenblazeError("INVALID_OPTION", message);
  }
  pipeline.plan();
}

/** Starts when somebody reads; or, when nobody does, as soon as the summary is asked for. */
function readOnce<S>(run: (settle: SettleSummary) => AsyncGenerator<BatchResult<S>, void>): BatchRun<S> {
  let isRead = false;
  let settle: SettleSummary = () => undefined;
  const summary = new Promise<BatchSummary>((resolve) => {
    settle = resolve;
  });
  // Whoever only reads the results gets its error there.
  summary.catch(() => undefined);

  function read(): AsyncGenerator<BatchResult<S>, void> {
    if (isRead) {
      const message =
        "A batch is read once, and this one was. Start another, or read it before asking for its summary.";
      throw new GenblazeError("INVALID_OPTION", message);
    }
    isRead = true;
    return run(settle);
  }

  async function readAll(): Promise<void> {
    for await (const _ of read());
  }

  return {
    [Symbol.asyncIterator]: read,
    get summary() {
      // Whoever begins to read at once after asking still gets the results.
      if (!isRead) queueMicrotask(() => isRead || readAll().catch(() => undefined));
      return summary;
    },
  };
}
