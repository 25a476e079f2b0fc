import type { ErrorCode } from "../errors/error-codes.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Asset, RunStatus } from "../manifest/model.js";
import type { Decision } from "../node/composite-node.js";
import type { Cost } from "../pricing/cost.js";
import type { StepWarning } from "../provider/provider.js";
import type { RetryPhase } from "../retry/with-retry.js";

/** A failure as the journal keeps it: what is needed to report it again. */
export interface RecordedError {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What can happen to a run or to one of its steps; `step` is the step's full name, like `shots[0].frame`. */
export type Transition =
  | {
      readonly state: "run.planned";
      readonly name: string;
      readonly steps: readonly PlannedIdentity[];
      /** What another process needs to go on with it; absent in a journal that ends with its process. */
      readonly begun?: RunBeginning;
    }
  /** A run that had ended, or was interrupted, goes on: what did not succeed is planned again. */
  | {
      readonly state: "run.resumed";
      /** A step that is done anew with all that follows from it, whatever it gave. */
      readonly from?: string;
      /** That step and those that follow from it, for those who read the journal without the pipeline. */
      readonly anew?: readonly string[];
      /** Its turn was interrupted and is carried on, so that what failed or was skipped in it stays so. */
      readonly isCarriedOn?: true;
    }
  | { readonly state: "ready"; readonly step: string; readonly mustWait: boolean }
  /** A step read files from outside: whoever goes on with the run takes the same, whatever is there by then. */
  | { readonly state: "loaded"; readonly step: string; readonly files: readonly LoadedFile[] }
  | {
      readonly state: "intent";
      readonly step: string;
      /** From 1; a step whose output was rejected may ask again. */
      readonly attempt: number;
      readonly idempotencyKey: string;
      readonly request: RecordedRequest;
      /** Whether it is the first request to this model for a while. */
      readonly isCold: boolean;
      /** Who is asked, where that is not the step's own provider and model. */
      readonly target?: RecordedTarget;
      /** The target before is slow, and still asked. */
      readonly isHedge?: true;
      /** What it costs at most, in US dollars; absent where nobody knows. */
      readonly quoteUsd?: number;
      /** What a budget kept back for it where nobody knew, in US dollars: its `assumeUsd`. */
      readonly assumedUsd?: number;
    }
  /** The result of equal work was in the cache: nothing is asked for, nothing is paid. */
  | { readonly state: "cached"; readonly step: string; readonly request: RecordedRequest }
  /** An output of the time before is judged, or a job of it followed, and nothing is asked for again. */
  | { readonly state: "retaken"; readonly step: string }
  | {
      readonly state: "submitted";
      readonly step: string;
      /** Which one it is about; absent for steps with one target, where it is the last one. */
      readonly attempt?: number;
      readonly operation: JsonValue;
      /** Private words were taken out of it, so that only the process that has it whole can follow the job. */
      readonly isMasked?: true;
    }
  /** What was asked for is over without an output: the provider surely did not take it, or gave nothing for it. */
  | {
      readonly state: "refused";
      readonly step: string;
      readonly attempt?: number;
      readonly error: RecordedError;
      /** It was not taken, so it costs nothing. */
      readonly isFree?: true;
    }
  /** Something failed, and is tried again after a wait. */
  | { readonly state: "retried"; readonly step: string; readonly retry: RecordedRetry }
  /** A target of a step could not do it, or is not asked for now: the next one is asked. */
  | {
      readonly state: "fell-back";
      readonly step: string;
      /** Who could not. */
      readonly from: RecordedTarget;
      readonly to: RecordedTarget;
      readonly error: RecordedError;
      /** It was not asked at all, since it kept failing. */
      readonly isPassedOver?: true;
    }
  /** Another target was faster: this one was called back, or is not waited for. */
  | {
      readonly state: "outrun";
      readonly step: string;
      readonly attempt: number;
      /** The provider said that it ended the job. */
      readonly isCancelled: boolean;
    }
  | {
      readonly state: "output";
      readonly step: string;
      readonly attempt?: number;
      readonly output: RecordedOutput;
      /** When the provider gave it; what came after is moving and writing down. Milliseconds since 1970. */
      readonly obtainedAt: number;
    }
  /** A prompt was not let through; or the output was judged, and is not what is wanted: paid for all the same. */
  | {
      readonly state: "rejected";
      readonly step: string;
      readonly attempt?: number;
      readonly rejection: Rejection;
    }
  /** A node begins, or begins anew on resume. */
  | { readonly state: "entered"; readonly step: string; readonly inputs: readonly RecordedInput[] }
  /** A node is about to run a body, or says that it will not. */
  | {
      readonly state: "expanded";
      readonly step: string;
      readonly group: GroupIdentity;
      readonly steps: readonly PlannedIdentity[];
    }
  | { readonly state: "decided"; readonly step: string; readonly name: string; readonly decision: Decision }
  /** A node asks for an answer from outside. */
  | { readonly state: "waiting"; readonly step: string; readonly question: JsonObject }
  | { readonly state: "answered"; readonly step: string; readonly answer: JsonValue }
  /** Nobody answered in time; the node goes on without. */
  | { readonly state: "unanswered"; readonly step: string }
  /** A node can do no more until something inside it has its answer. */
  | { readonly state: "resting"; readonly step: string }
  | {
      readonly state: "yielded";
      readonly step: string;
      readonly yields: RecordedYield;
      /** The SHA-256 under which the spool keeps the JSON that later steps read of it. */
      readonly value?: string;
      /** There is a value that is no JSON: whoever goes on in another process runs the node anew, which costs nothing. */
      readonly isValueLost?: true;
    }
  | {
      readonly state: "succeeded";
      readonly step: string;
      /** Whose output was taken, where several were asked. */
      readonly attempt?: number;
      readonly warnings?: readonly StepWarning[];
      readonly cache?: CacheStatus;
    }
  | {
      readonly state: "failed";
      readonly step: string;
      readonly error: RecordedError;
      /** Its job may still end well: nothing is known but that it was not waited for, or not reached. */
      readonly hasOpenJob?: true;
    }
  | { readonly state: "skipped"; readonly step: string; readonly because: SkipReason }
  | {
      readonly state: "cancelled";
      readonly step: string;
      readonly error: RecordedError;
      readonly hasOpenJob?: true;
    }
  | {
      readonly state: "run.ended";
      readonly status: RunEndStatus;
      readonly manifestHash: string;
      /** When its steps had ended; what came after is storing it. Milliseconds since 1970. */
      readonly endedAt: number;
      /** Why it did not complete, or could not be stored. */
      readonly error: RecordedError | undefined;
    };

/** What a run was begun with, as another process needs it. */
export interface RunBeginning {
  /** Of the definition, without what is private in it; see `planHash`. */
  readonly planHash: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** What the caller gave. Absent when there is none, or it is private, or no JSON. */
  readonly input?: JsonValue;
  /** There is an input, but not here: whoever goes on has to give it again. */
  readonly isInputHidden?: true;
  /** Tells whether what is given again is the same input; a keyed hash, absent where nobody has kept the key. */
  readonly inputMark?: string;
  readonly assets: readonly RecordedInput[];
  readonly metadata: JsonObject;
  readonly parentRunIds: readonly string[];
}

/** How a run can end; one that is `waiting` for an answer can be resumed with it. */
export type RunEndStatus = RunStatus | "waiting";

/** A step's key and the id that it has in events and in the manifest of this run. */
export interface PlannedIdentity {
  readonly step: string;
  readonly stepId: string;
  /** Who is asked for it; `genblaze` for a node. For those who read the journal without the pipeline. */
  readonly provider?: string;
  /** The provider's model, or the kind of the node. */
  readonly model?: string;
}

/** One of several that can do a step. */
export interface RecordedTarget {
  /** Its place: 0 is the step's own provider and model, those behind are its fallbacks. */
  readonly index: number;
  readonly provider: string;
  readonly model: string;
}

/** One failed try of a phase that is tried again. */
export interface RecordedRetry {
  readonly phase: RetryPhase;
  /** Which try of this phase it was, from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly delayMs: number;
  readonly error: RecordedError;
}

/** Which run of which body of a node. */
export interface GroupIdentity {
  readonly body: string;
  readonly item: number | undefined;
}

/** Why a step was not run. */
export type SkipReason =
  /** A step that it needs did not succeed. */
  | { readonly kind: "source"; readonly step: string }
  /** Its own condition, or the node that it is part of, said so. */
  | { readonly kind: "choice"; readonly reason: string };

/** Why a prompt was not sent, or an output not taken. */
export interface Rejection {
  readonly stage: "prompt" | "output";
  /** Who rejected it: `schema`, or the name of a guard. */
  readonly by: string;
  readonly reason: string;
  readonly categories?: readonly string[];
}

/** An input as the journal keeps it. */
export interface RecordedInput {
  readonly asset: Asset;
  /** The step that made it; undefined for an asset from outside. */
  readonly step: string | undefined;
  readonly role: string | undefined;
}

/** A file from outside that a step takes; its bytes are in the run's spool. */
export interface LoadedFile {
  /** The place of the input among those of its step. */
  readonly place: number;
  /** How plans and errors call it; no folder of a machine, no signature of a URL. */
  readonly label: string;
  readonly asset: Asset;
}

/** What a node yields: assets that its parts or its inputs brought. */
export interface RecordedYield {
  readonly assets: readonly RecordedInput[];
  readonly evidence: JsonObject;
}

/** The request of a step after its references were resolved. */
export interface RecordedRequest {
  readonly prompt: string | undefined;
  readonly negativePrompt: string | undefined;
  readonly seed: number | undefined;
  readonly params: JsonObject;
  readonly inputs: readonly RecordedInput[];
  readonly warnings: readonly StepWarning[];
  /** What stands for the private values that were taken out; for the manifest. */
  readonly private?: JsonObject;
}

/** What the cache had to do with a step; absent where there is none. */
export type CacheStatus = "hit" | "stored" | "not-cacheable" | "bypassed" | "failed";

/** What a step gave; assets are references, their bytes are in the run's spool. */
export interface RecordedOutput {
  readonly assets: readonly Asset[];
  readonly modelVersion: string | undefined;
  readonly payload: JsonObject;
  readonly cost: Cost;
  /** What was wrong with the output, but not worth losing it. */
  readonly warnings: readonly StepWarning[];
}
