import { errorFromUnknown } from "../errors/error-from-unknown.js";
import type { GenblazeError } from "../errors/genblaze-error.js";
import type { PipelineDefinition } from "../pipeline/definition.js";
import type { Plan } from "../pipeline/plan.js";
import type { Clock } from "../provider/clock.js";
import type { RunOptions } from "../run/run-options.js";
import type { RunResult } from "../run/run-result.js";
import type { Runtime } from "../run/runtime.js";
import { type RunHandle, startRun } from "../run/start-run.js";
import type { ItemRun } from "./batch-options.js";
import type { BatchResult, BatchStatus } from "./batch-result.js";
import { type CheckedBatch, checkItemRun } from "./check-batch-options.js";
import { costOfRun } from "./cost-of-run.js";
import { type ItemKey, sameKey } from "./item-key.js";
import { itemRunId } from "./item-run-id.js";
import type { LedgerSession } from "./ledger.js";
import { createPatience, type Patience, patientSink, storedAnyway } from "./patient-sink.js";

/** What a batch needs of a pipeline. */
export interface RunnablePipeline<S> {
  readonly definition: PipelineDefinition;
  readonly runtime: Runtime | undefined;
  plan(): Plan;
  start(options: RunOptions): RunHandle<S>;
}

/** What the items of a batch have in common while it goes on. */
export interface ItemContext<Item, S> {
  readonly pipeline: RunnablePipeline<S>;
  readonly batch: CheckedBatch<Item, S>;
  readonly session: LedgerSession | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

type RunOutcome<S> = Pick<BatchResult<S>, "status" | "runId" | "manifestHash" | "result" | "error" | "costUsd">;

/** Runs one item, unless it was done before. Rejects only when the ledger cannot be asked. */
export async function runItem<Item, S>(
  context: ItemContext<Item, S>,
  item: Item,
  index: number,
  itemKey: ItemKey,
): Promise<BatchResult<S>> {
  const { clock, session } = context;
  const { key, sameAs } = itemKey;
  if (sameAs !== undefined) return { index, key, ...refused(sameKey(itemKey, sameAs, index)), elapsedMs: 0 };
  const startedAt = clock.now();
  const before = await session?.get(key);
  const outcome = before === undefined ? await runOnce(context, { item, index, key }) : doneBefore<S>(before);
  return { index, key, ...outcome, elapsedMs: clock.now() - startedAt };
}

/** An item that did not come to a run. */
function refused<S>(error: GenblazeError): RunOutcome<S> {
  return { status: "failed", runId: undefined, manifestHash: undefined, result: undefined, error, costUsd: 0 };
}

/** Writes a completed item into the ledger. */
export async function remember(session: LedgerSession | undefined, result: Omit<BatchResult, "result">): Promise<void> {
  const { key, status, runId, manifestHash } = result;
  if (status !== "completed" || runId === undefined || manifestHash === undefined) return;
  await session?.record(key, { run_id: runId, manifest_hash: manifestHash });
}

function doneBefore<S>(facts: Readonly<Record<string, unknown>>): RunOutcome<S> {
  const { run_id: runId, manifest_hash: manifestHash } = facts;
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const known = { runId: text(runId), manifestHash: text(manifestHash) };
  return { status: "done-before", ...known, result: undefined, error: undefined, costUsd: 0 };
}

interface KeyedItem<Item> {
  readonly item: Item;
  readonly index: number;
  readonly key: string;
}

async function runOnce<Item, S>(
  context: ItemContext<Item, S>,
  { item, index, key }: KeyedItem<Item>,
): Promise<RunOutcome<S>> {
  let run: RunHandle<S> | undefined;
  try {
    const own = ownOptions(context, item, index);
    const patience = createPatience(context.signal, context.clock, own.timeoutMs);
    const options = optionsOf(context, own, item, patience);
    run = startItem(context, options, key);
    return toOutcome(await storedAnyway(await run.result, options.sink, patience));
  } catch (thrown) {
    // What a run gave is in its result; so this item was refused before anything ran.
    const error = errorFromUnknown(thrown, `Item ${index}`);
    const status = error.code === "CANCELLED" && context.signal.aborted ? "cancelled" : "failed";
    return { ...refused<S>(error), status, runId: run?.runId };
  }
}

/** A batch with an id goes on with what this item's run came to before. */
function startItem<S>({ pipeline, batch }: ItemContext<never, S>, options: RunOptions, key: string): RunHandle<S> {
  const { batchId, journal } = batch;
  if (batchId === undefined) return pipeline.start(options);
  const durable = { ...options, runId: itemRunId(batchId, key), ...(journal === undefined ? {} : { journal }) };
  return startRun<S>(pipeline.plan(), durable, pipeline.runtime, { retries: true });
}

function ownOptions<Item, S>({ batch }: ItemContext<Item, S>, item: Item, index: number): ItemRun<unknown> {
  const own = batch.runOptionsOf?.(item, index) ?? batch.sharedOptions;
  checkItemRun(own, batch.batchId);
  return own;
}

function optionsOf<Item, S>(
  { pipeline, batch, signal }: ItemContext<Item, S>,
  own: ItemRun<unknown>,
  item: Item,
  patience: Patience,
): RunOptions {
  const input = "input" in own ? own.input : item;
  return {
    ...own,
    ...(pipeline.definition.input === undefined && !("input" in own) ? {} : { input }),
    ...(batch.runtime === undefined ? {} : { runtime: batch.runtime }),
    ...(own.sink === undefined ? {} : { sink: patientSink(own.sink, patience) }),
    signal,
    throwOnFailure: false,
  };
}

function toOutcome<S>(result: RunResult<S>): RunOutcome<S> {
  const { runId, manifest, error, run } = result;
  const facts = { runId, manifestHash: manifest.canonicalHash, result, costUsd: costOfRun(run) };
  return { status: statusOf(result, error), ...facts, error };
}

/** A run that is not where it was to be written has failed, though all of it is there. */
function statusOf({ status }: Pick<RunResult, "status">, error: GenblazeError | undefined): BatchStatus {
  if (status === "completed") return error === undefined ? "completed" : "failed";
  return status === "cancelled" || status === "waiting" ? status : "failed";
}
