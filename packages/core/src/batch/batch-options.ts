import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import { checkOptions } from "../options/check-options.js";
import { objectWith, runtime } from "../pipeline/option-schemas.js";
import { checkRunOptions, type RunOptions } from "../run/run-options.js";
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
  /** Ends the batch when aborted: runs whose steps are not done are cancelled, no further one is begun. */
  readonly signal?: AbortSignal | undefined;
  /**
   * What an item is known by in the ledger. With a ledger each item needs its own: one whose key an earlier item of the
   * batch has fails with INVALID_OPTION. The keys take about 100 bytes of memory for each item then. @default without
   * a ledger, `item-` and its index; with one, the canonical hash of the item, and `#2`, `#3`... for items equal to
   * earlier ones
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

/** What is needed of a batch's options once they were checked. */
export interface CheckedBatch<Item, S> {
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
  readonly key: ((item: Item, index: number) => string) | undefined;
  readonly ledger: Ledger | undefined;
  readonly runOptionsOf: ((item: Item, index: number) => ItemRun<unknown>) | undefined;
  readonly sharedOptions: ItemRunOptions;
  readonly stopAfterFailures: number;
  readonly onResult: ((result: BatchResult<S>) => void | Promise<void>) | undefined;
  readonly runtime: Runtime | undefined;
}

const where = "batch(pipeline, items, options)";
const MAX_CONCURRENCY = 10_000; // more runs than one process can hold

const functionOf = <T>() => z.custom<T>((value) => typeof value === "function", "a function is expected").optional();

const batchOptions = z.strictObject({
  concurrency: z
    .int("a whole number is expected")
    .min(1, "at least 1 is expected")
    .max(MAX_CONCURRENCY, `at most ${MAX_CONCURRENCY} are expected`)
    .optional(),
  signal: objectWith<AbortSignal>("addEventListener", "throwIfAborted").optional(),
  key: functionOf<(item: unknown, index: number) => string>(),
  ledger: objectWith<Ledger>("open").optional(),
  runOptions: z
    .custom<object>((value) => ["object", "function"].includes(typeof value) && value !== null, {
      error: "an object, or a function of the item, is expected",
    })
    .optional(),
  stopAfterFailures: z.int("a whole number is expected").min(1, "at least 1 is expected").optional(),
  onResult: functionOf<(result: unknown) => void | Promise<void>>(),
  runtime: runtime.optional(),
});

/** Checks the options of a batch; INVALID_OPTION for the first thing wrong. */
export function checkBatchOptions<Item, In, S>(options: BatchOptions<Item, In, S>): CheckedBatch<Item, S> {
  checkOptions(batchOptions, options, where);
  const { concurrency = 4, signal, key, ledger, runOptions = {}, stopAfterFailures, onResult, runtime } = options;
  const isFunction = typeof runOptions === "function";
  if (!isFunction) checkItemRun(runOptions);
  return {
    concurrency,
    signal,
    key,
    ledger,
    runOptionsOf: isFunction ? runOptions : undefined,
    sharedOptions: isFunction ? {} : runOptions,
    stopAfterFailures: stopAfterFailures ?? Number.POSITIVE_INFINITY,
    onResult,
    runtime,
  };
}

/** Options that the batch itself gives each run. */
const batchOwn = ["throwOnFailure", "signal", "runtime"];

/** INVALID_OPTION for options of a run that it does not know, or that are the batch's own. */
export function checkItemRun(options: object): void {
  checkRunOptions(options);
  const own = Object.keys(options).find((name) => batchOwn.includes(name));
  if (own === undefined) return;
  const message = `${where}: option "runOptions": "${own}" is the batch's own. Give it beside runOptions, where there is one.`;
  throw new GenblazeError("INVALID_OPTION", message);
}
