import type { ErrorCode } from "../errors/error-codes.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Asset, RunStatus } from "../manifest/model.js";
import type { StepWarning } from "../provider/provider.js";

/** A failure as the journal keeps it: what is needed to report it again. */
export interface RecordedError {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What can happen to a run or to one of its steps; `step` is the step's key. */
export type Transition =
  | { readonly state: "run.planned"; readonly name: string; readonly steps: readonly PlannedIdentity[] }
  | { readonly state: "ready"; readonly step: string; readonly mustWait: boolean }
  | {
      readonly state: "intent";
      readonly step: string;
      readonly idempotencyKey: string;
      readonly request: RecordedRequest;
    }
  | { readonly state: "submitted"; readonly step: string; readonly operation: JsonValue }
  | { readonly state: "output"; readonly step: string; readonly output: RecordedOutput }
  | { readonly state: "succeeded"; readonly step: string }
  | { readonly state: "failed"; readonly step: string; readonly error: RecordedError }
  | { readonly state: "skipped"; readonly step: string; readonly because: string }
  | { readonly state: "cancelled"; readonly step: string; readonly error: RecordedError }
  | {
      readonly state: "run.ended";
      readonly status: RunStatus;
      readonly manifestHash: string;
      /** Why it did not complete, or could not be stored. */
      readonly error: RecordedError | undefined;
    };

/** A step's key and the id that it has in events and in the manifest of this run. */
export interface PlannedIdentity {
  readonly step: string;
  readonly stepId: string;
}

/** The request of a step after its references were resolved. */
export interface RecordedRequest {
  readonly prompt: string | undefined;
  readonly negativePrompt: string | undefined;
  readonly seed: number | undefined;
  readonly params: JsonObject;
  readonly inputs: readonly Asset[];
  readonly warnings: readonly StepWarning[];
  /** What stands for the private values that were taken out; for the manifest. */
  readonly private?: JsonObject;
}

/** What a step gave; assets are references, their bytes are in the run's spool. */
export interface RecordedOutput {
  readonly assets: readonly Asset[];
  readonly modelVersion: string | undefined;
  readonly payload: JsonObject;
  /** What was wrong with the output, but not worth losing it. */
  readonly warnings: readonly StepWarning[];
}

/** One line of a journal. */
export interface JournalEntry {
  readonly runId: string;
  /** From 0 within the run, without gaps. */
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly transition: Transition;
}

/**
 * The truth of a run: an append-only record of transitions, from which the run's state, its events and its
 * result are derived. An append has happened when its promise resolves; one that answers nothing, at once.
 */
export interface Journal {
  append(entry: JournalEntry): Promise<void> | undefined;
  /** The entries of one run in order. */
  read(runId: string): AsyncIterable<JournalEntry>;
}

/** A journal that lives as long as the process. */
export function memoryJournal(): Journal {
  const runs = new Map<string, JournalEntry[]>();
  return {
    append(entry) {
      const entries = runs.get(entry.runId);
      if (entries === undefined) runs.set(entry.runId, [entry]);
      else entries.push(entry);
      return undefined;
    },
    async *read(runId) {
      yield* runs.get(runId) ?? [];
    },
  };
}
