import { assertNever } from "../internal/assert-never.js";
import type { JournaledStep } from "./run-state.js";
import { beginCall, callOfEntry, closeCall, isOpenCall, type StepCall, targetOf } from "./step-calls.js";
import type { RecordedError, Transition } from "./transitions.js";

type CallState = "submitted" | "refused" | "outrun" | "output";

/** A request is about to be made: what was asked of the same target before is over. */
export function ask(step: JournaledStep, intent: Extract<Transition, { state: "intent" }>, at: number): void {
  const call = beginCall(intent, at);
  for (const before of step.calls) if (targetOf(before) === targetOf(call)) closeCall(before);
  step.calls.push(call);
  step.cache = undefined;
  step.state = "running";
  step.startedAt ??= at;
  step.attempts = intent.attempt;
  step.isCold ||= intent.isCold;
  // One that is asked beside it does not stand for the step unless it is faster.
  if (call.isHedge) return;
  step.request = intent.request;
  step.target = intent.target;
}

/** Nothing is under way any more at those that were asked before a target. */
export function leaveTargetsBefore(step: JournaledStep, target: number, error: RecordedError): void {
  for (const call of step.calls) {
    if (targetOf(call) >= target) continue;
    if (isOpenCall(call)) call.failure ??= error;
    closeCall(call);
  }
}

/** What became of one request. */
export function applyToCall(
  step: JournaledStep,
  transition: Extract<Transition, { state: CallState }>,
  at: number,
): void {
  const call = callOfEntry(step.calls, transition.attempt);
  switch (transition.state) {
    case "submitted":
      step.answeredAt = at;
      if (call === undefined) return;
      call.answeredAt = at;
      call.operation = transition.operation;
      call.isOperationWhole = transition.isMasked === undefined;
      call.isInDoubt = false;
      return;
    case "refused":
      if (call === undefined) return;
      closeCall(call);
      call.failure = transition.error;
      if (transition.isFree === true) call.isFree = true;
      return;
    case "outrun":
      if (call === undefined) return;
      closeCall(call);
      call.isOutrun = true;
      return;
    case "output":
      step.output = transition.output;
      step.outputAt = transition.obtainedAt;
      if (call === undefined) return;
      closeCall(call);
      call.output = transition.output;
      call.outputAt = transition.obtainedAt;
      return;
    default:
      assertNever(transition);
  }
}

/** The output of one of several targets is that of the step. */
export function takeAnswer(step: JournaledStep, attempt: number): void {
  const call = callOfEntry(step.calls, attempt);
  if (call === undefined) return;
  step.request = call.request;
  step.target = call.target;
  step.output = call.output;
  step.outputAt = call.outputAt;
  step.answeredAt = call.answeredAt;
}

/** A prompt that was not let through says nothing of an output that is there from before. */
export function reject(step: JournaledStep, { rejection, attempt }: Extract<Transition, { state: "rejected" }>): void {
  const call = callOfEntry(step.calls, attempt);
  const target = call === undefined ? 0 : targetOf(call);
  if (rejection.stage !== "output") {
    step.rejected.push({ output: undefined, rejection, target });
    return;
  }
  const rejected = { output: outputOf(step, call), rejection, target };
  step.rejected.push(rejected);
  step.rejectedSinceEnd = [...step.rejectedSinceEnd, rejected];
}

/** That of the cache belongs to no request. */
function outputOf(step: JournaledStep, call: StepCall | undefined): JournaledStep["output"] {
  return call?.output ?? step.output;
}
