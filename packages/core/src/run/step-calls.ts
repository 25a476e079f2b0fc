import type { JsonValue } from "../json/json-value.js";
import type { RecordedOutput, RecordedRequest, RecordedTarget, Transition } from "./transitions.js";

/** One request to a provider under a key of its own, as the journal tells it. */
export interface StepCall {
  /** From 1, over all turns of the run. */
  readonly attempt: number;
  /** Undefined for the step's own provider and model. */
  readonly target: RecordedTarget | undefined;
  readonly idempotencyKey: string;
  readonly request: RecordedRequest;
  /** What it was thought to cost at most, in US dollars; undefined where nobody knew. */
  readonly quoteUsd: number | undefined;
  /** The target before it was slow, and was not waited for alone. */
  readonly isHedge: boolean;
  readonly askedAt: number;
  /** When the provider first answered that a job is under way. */
  answeredAt: number | undefined;
  /** The job that is under way, or was when the step ended and may be still. */
  operation: JsonValue | undefined;
  /** Whether its words are all there. */
  isOperationWhole: boolean;
  /** There is no answer in the journal: whether the provider took the job is not known. */
  isInDoubt: boolean;
  /** The provider surely did not take it. */
  isFree: boolean;
  /** Another target was faster, and this one was called back. */
  isOutrun: boolean;
  /** When it gave its output. */
  outputAt: number | undefined;
  output: RecordedOutput | undefined;
  /** Why it is over without one. */
  failure: { readonly code: string; readonly message: string } | undefined;
}

/** Which target of a step a call went to; 0 is the step's own. */
export function targetOf({ target }: Pick<StepCall, "target">): number {
  return target?.index ?? 0;
}

/** Whether a job of it may be under way. */
export function isOpenCall({ operation, isInDoubt }: StepCall): boolean {
  return operation !== undefined || isInDoubt;
}

/** The call that begins with an intent. */
export function beginCall(intent: Extract<Transition, { state: "intent" }>, at: number): StepCall {
  const { attempt, target, idempotencyKey, request, quoteUsd, isHedge = false } = intent;
  return {
    attempt,
    target,
    idempotencyKey,
    request,
    quoteUsd,
    isHedge,
    askedAt: at,
    answeredAt: undefined,
    operation: undefined,
    isOperationWhole: true,
    isInDoubt: true,
    isFree: false,
    isOutrun: false,
    outputAt: undefined,
    output: undefined,
    failure: undefined,
  };
}

/** Nothing is under way for it any more, whatever is known of its cost. */
export function closeCall(call: StepCall): void {
  call.operation = undefined;
  call.isInDoubt = false;
}

/** The call that an entry is about; journals of steps with one target do not say it, since it is the last one. */
export function callOfEntry(calls: readonly StepCall[], attempt: number | undefined): StepCall | undefined {
  return attempt === undefined ? calls.at(-1) : calls.findLast((call) => call.attempt === attempt);
}
