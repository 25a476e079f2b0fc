import type { Journal } from "../journal/journal.js";
import type { RunOptions } from "../run/run-options.js";
import type { Runtime } from "../run/runtime.js";
import type { BatchResult } from "./batch-result.js";
import type { Ledger } from "./ledger.js";

/** What the run of an item may be told; the batch sees to the rest. */
export type ItemRunOptions = Omit<RunOptions, "input" | "throwOnFailure" | "signal" | "runtime">;

/** What a function says of the run of one item; the item is the input when it gives none. */
export type ItemRun<In> = ItemRunOptions & { readonly input?: In | undefined };

/** What {@link batch} takes besides pipeline and items. */
export interface BatchOptions<Item, In = Item, S = unknown> {
  /** How many items run at the same time at most. @default 4 */
  readonly concurrency?: number | undefined;
  /**
   * How far the work may run ahead of its reader, 0 to 10,000: runs under way and results that nobody has read yet are
   * together at most `concurrency + maxUnread`; beyond, no further item is taken. @default as many as `concurrency`
   */
  readonly maxUnread?: number | undefined;
  /**
   * Makes the batch repeatable, 1 to 150 characters: each run has an id that follows from it and from the item's key,
   * and is written into the journal. The same call again, also after a crash, gives what has completed once more, goes
   * on with what was interrupted, failed or cancelled, and pays for nothing twice. Needs `journal`, or a runtime that
   * has one. @default runs have new ids
   */
  readonly batchId?: string | undefined;
  /** Where the runs of a batch with a `batchId` are written down. @default the runtime's */
  readonly journal?: Journal | undefined;
  /** Ends the batch when aborted: runs whose steps are not done are cancelled, no further one is begun. */
  readonly signal?: AbortSignal | undefined;
  /**
   * What an item is known by in the ledger, and by which its run's id is made. With a ledger or a `batchId` each item
   * needs its own: one whose key an earlier item of the batch has fails with INVALID_OPTION. The keys take about 100
   * bytes of memory for each item then. @default `item-` and its index; with a ledger or a `batchId` the canonical hash
   * of the item, and `#2`, `#3`... for items equal to earlier ones
   */
  readonly key?: ((item: Item, index: number) => string) | undefined;
  /**
   * Remembers completed items, which another batch then passes over. It holds no results: give a sink too, so that
   * what was completed and not yet read when the process ended is not lost. @default every item runs
   */
  readonly ledger?: Ledger | undefined;
  /** What each run is told, sink and time limit for example; or a function of the item. @default {} */
  readonly runOptions?: ItemRunOptions | ((item: Item, index: number) => ItemRun<In>) | undefined;
  /** Begins no further item when so many have failed; those under way end as they do. @default no limit */
  readonly stopAfterFailures?: number | undefined;
  /** Called with each result before it is handed out, and waited for; what it throws ends the batch. */
  readonly onResult?: ((result: BatchResult<S>) => void | Promise<void>) | undefined;
  /** @default the pipeline's runtime; the batch itself goes by real time */
  readonly runtime?: Runtime | undefined;
}
