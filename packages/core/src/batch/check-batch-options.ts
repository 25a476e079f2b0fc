import { z } from "zod";
import { GenblazeError } from "../errors/genblaze-error.js";
import type { Journal } from "../journal/journal.js";
import { checkOptions } from "../options/check-options.js";
import { objectWith, runtime } from "../pipeline/option-schemas.js";
import { checkRunOptions } from "../run/run-options.js";
import type { Runtime } from "../run/runtime.js";
import type { BatchOptions, ItemRun, ItemRunOptions } from "./batch-options.js";
import type { BatchResult } from "./batch-result.js";
import { MAX_BATCH_ID_LENGTH } from "./item-run-id.js";
import type { Ledger } from "./ledger.js";

/** What is needed of a batch's options once they were checked. */
export interface CheckedBatch<Item, S> {
  readonly concurrency: number;
  readonly maxUnread: number;
  readonly batchId: string | undefined;
  readonly journal: Journal | undefined;
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
const MAX_UNREAD = 10_000; // a result may hold the bytes of its run

const functionOf = <T>() => z.custom<T>((value) => typeof value === "function", "a function is expected").optional();

const batchOptions = z.strictObject({
  concurrency: z
    .int("a whole number is expected")
    .min(1, "at least 1 is expected")
    .max(MAX_CONCURRENCY, `at most ${MAX_CONCURRENCY} are expected`)
    .optional(),
  maxUnread: z
    .int("a whole number is expected")
    .min(0, "at least 0 is expected")
    .max(MAX_UNREAD, `at most ${MAX_UNREAD} are expected`)
    .optional(),
  batchId: z
    .string("the id of a batch is expected")
    .min(1, "an id of a batch must not be empty")
    .max(MAX_BATCH_ID_LENGTH, `an id of a batch has at most ${MAX_BATCH_ID_LENGTH} characters`)
    .refine((id) => id.isWellFormed(), "an id without half surrogate pairs is expected")
    .optional(),
  journal: objectWith<Journal>("claim", "append", "read").optional(),
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
  const { concurrency = 4, batchId, journal, runOptions = {} } = options;
  if (journal !== undefined && batchId === undefined) throw journalWithoutId();
  const isFunction = typeof runOptions === "function";
  if (!isFunction) checkSharedRun(runOptions, batchId);
  return {
    concurrency,
    maxUnread: options.maxUnread ?? concurrency,
    batchId,
    journal,
    signal: options.signal,
    key: options.key,
    ledger: options.ledger,
    runOptionsOf: isFunction ? runOptions : undefined,
    sharedOptions: isFunction ? {} : runOptions,
    stopAfterFailures: options.stopAfterFailures ?? Number.POSITIVE_INFINITY,
    onResult: options.onResult,
    runtime: options.runtime,
  };
}

function journalWithoutId(): GenblazeError {
  const message = `${where}: option "journal" needs option "batchId", by which the same call again finds its runs. Give both; or only runOptions: { journal } for runs with new ids.`;
  return new GenblazeError("INVALID_OPTION", message);
}

function checkSharedRun(options: ItemRunOptions, batchId: string | undefined): void {
  checkItemRun(options, batchId);
  if (options.runId === undefined) return;
  const message = `${where}: option "runOptions": all items would be the one run "runId" names. Give batchId and journal instead, which makes an id for each item; or a function of the item.`;
  throw new GenblazeError("INVALID_OPTION", message);
}

/** Options that the batch itself gives each run. */
const batchOwn = ["throwOnFailure", "signal", "runtime"];
/** And those that it gives when it has an id. */
const durableOwn = ["journal", "runId"];

/** INVALID_OPTION for options of a run that it does not know, or that are the batch's own. */
export function checkItemRun(options: object, batchId: string | undefined): void {
  checkRunOptions(options);
  const notTheirs = batchId === undefined ? batchOwn : [...batchOwn, ...durableOwn];
  const own = Object.keys(options).find((name) => notTheirs.includes(name));
  if (own === undefined) return;
  const message = `${where}: option "runOptions": "${own}" is the batch's own. Give it beside runOptions, where there is one.`;
  throw new GenblazeError("INVALID_OPTION", message);
}
