import type { JsonObject } from "../json/json-value.js";
import type { Cost } from "../pricing/cost.js";
import type { CostTotal } from "../pricing/total-cost.js";
import type { StepState } from "../run/run-state.js";
import type { CacheStatus, RecordedError, RunEndStatus } from "../run/transitions.js";

/** A run as its journal alone tells it: plain data, without the pipeline. All times are milliseconds since 1970. */
export interface RunOverview {
  readonly runId: string;
  /** That of its pipeline. */
  readonly name: string;
  /** How it ended; undefined while it is under way, or when it was interrupted: the journal's claim tells which. */
  readonly ended: RunEndStatus | undefined;
  readonly startedAt: number;
  /** When its last entry was written. */
  readonly changedAt: number;
  /** How often it was gone on with. */
  readonly resumes: number;
  /** Why it did not complete, or could not be stored. */
  readonly error: RecordedError | undefined;
  /** It has an input that its journal does not keep: whoever goes on with it gives it again. */
  readonly needsInput: boolean;
  /** The steps that wait for an answer. */
  readonly waiting: readonly string[];
  /** How many of the steps succeeded, or were left out by choice. */
  readonly doneSteps: number;
  readonly cost: CostTotal;
  /** Those known so far: in the order of the pipeline, what is inside a node behind it, by item. */
  readonly steps: readonly StepOverview[];
}

/** One step of a {@link RunOverview}. */
export interface StepOverview {
  /** The full name, like `shots[0].frame`. */
  readonly name: string;
  readonly stepId: string;
  /** The step of the node that it is part of. */
  readonly parent: string | undefined;
  /** `genblaze` for a node; undefined in a journal that does not say it. */
  readonly provider: string | undefined;
  /** The kind of a node. */
  readonly model: string | undefined;
  readonly state: StepState;
  /** How often its provider was asked, over all turns. */
  readonly attempts: number;
  /** Of its last turn. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly cost: Cost;
  readonly cache: CacheStatus | undefined;
  /** What was asked for last; undefined where the journal has no words, as for private ones. */
  readonly prompt: string | undefined;
  /** How many assets it gave. */
  readonly assets: number;
  readonly error: RecordedError | undefined;
  /** Why it was not run. */
  readonly skipped: string | undefined;
  /** The job that is under way at its provider, or may be: its JSON, without what signs a URL. */
  readonly openJob: string | undefined;
  /** The idempotency key of a request whose answer the journal does not have: it may be paid for. */
  readonly inDoubt: string | undefined;
  /** What it asks, while it waits for an answer. */
  readonly question: JsonObject | undefined;
}
