import type { JsonValue } from "../json/json-value.js";
import type { ProviderStep } from "../pipeline/definition.js";
import { targetOfStep } from "../pipeline/step-target.js";
import type { RecordedError, RecordedOutput, RecordedRequest, RecordedTarget, Transition } from "./transitions.js";

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
  /** What was kept back for it where nobody knew. */
  readonly assumedUsd: number | undefined;
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
  failure: RecordedError | undefined;
}

/** Which target of a step a call went to; 0 is the step's own. */
export function targetOf({ target }: Pick<StepCall, "target">): number {
  return target?.index ?? 0;
}

/** The target that a call went to; undefined when it was taken out of the step since, or is another one now. */
export function askedOf(step: ProviderStep, call: Pick<StepCall, "target">): ProviderStep | undefined {
  const { step: asked } = targetOfStep(step, targetOf(call));
  const { target } = call;
  const isSame = target === undefined || (target.provider === asked.provider.name && target.model === asked.model);
  return isSame ? asked : undefined;
}

/** Whether a job of it may be under way. */
export function isOpenCall({ operation, isInDoubt }: StepCall): boolean {
  return operation !== undefined || isInDoubt;
}

/** Whether the step has asked a target since it last ended, or something of that may be under way. */
export function hasAsked({ calls, callsBefore }: Asking, target: number): boolean {
  return calls.some((call, place) => targetOf(call) === target && (place >= callsBefore || isOpenCall(call)));
}

/** Whether the step's own target gave an output that nobody has rejected: no other one is needed meanwhile. */
export function isBeingJudged({ calls, callsBefore, rejected }: Asking): boolean {
  const given = calls.slice(callsBefore).findLast((call) => targetOf(call) === 0)?.output;
  return given !== undefined && rejected.every(({ output }) => output !== given);
}

interface Asking {
  readonly calls: readonly StepCall[];
  readonly callsBefore: number;
  readonly rejected: readonly { readonly output: RecordedOutput | undefined }[];
}

/** The call that begins with an intent. */
export function beginCall(intent: Extract<Transition, { state: "intent" }>, at: number): StepCall {
  const { attempt, target, idempotencyKey, request, quoteUsd, assumedUsd, isHedge = false } = intent;
  return {
    attempt,
    target,
    idempotencyKey,
    request,
    quoteUsd,
    assumedUsd,
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
