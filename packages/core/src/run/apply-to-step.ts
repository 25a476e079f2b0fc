import { assertNever } from "../internal/assert-never.js";
import type { StepWarning } from "../provider/provider.js";
import { applyToCall, ask, leaveTargetsBefore, reject, takeAnswer } from "./apply-to-call.js";
import type { JournaledStep, RejectedOutput } from "./run-state.js";
import type { Transition } from "./transitions.js";

const noWarnings: readonly StepWarning[] = [];
/** Of steps whose outputs were all taken so far. */
const noRejections: readonly RejectedOutput[] = [];

type NodeState = "entered" | "decided" | "waiting" | "resting" | "answered" | "unanswered" | "yielded";
type NodeTransition = Extract<Transition, { state: NodeState }>;
type AskingState =
  | "ready"
  | "loaded"
  | "intent"
  | "retried"
  | "cached"
  | "retaken"
  | "submitted"
  | "refused"
  | "fell-back"
  | "outrun"
  | "rejected"
  | "output";
type AskingTransition = Extract<Transition, { state: AskingState }>;
type StepTransition = Exclude<Transition, { state: `run.${string}` | "expanded" | NodeState }>;
/** What happens to one step. */
export type TransitionOfStep = StepTransition | NodeTransition;

const askingStates: ReadonlySet<string> = new Set<AskingState>([
  "ready",
  "loaded",
  "intent",
  "cached",
  "retaken",
  "submitted",
  "refused",
  "retried",
  "fell-back",
  "outrun",
  "rejected",
  "output",
]);

/** Folds what happened to a step into where it stands. */
export function applyToStep(step: JournaledStep, transition: TransitionOfStep, at: number): void {
  switch (transition.state) {
    case "succeeded":
      step.state = "succeeded";
      step.endedAt = at;
      step.callsBefore = step.calls.length;
      step.cache = transition.cache;
      step.lateWarnings = transition.warnings ?? noWarnings;
      if (transition.attempt !== undefined) takeAnswer(step, transition.attempt);
      return;
    case "failed":
    case "cancelled":
      step.state = transition.state;
      step.endedAt = at;
      step.error = transition.error;
      step.rejectedSinceEnd = noRejections;
      step.callsBefore = step.calls.length;
      if (transition.hasOpenJob === undefined) for (const call of step.calls) call.operation = undefined;
      return;
    case "skipped":
      step.state = "skipped";
      step.endedAt = at;
      step.skippedBecause = transition.because;
      return;
    default:
      if (isAsking(transition)) applyAsking(step, transition, at);
      else applyNodeTransition(step, transition, at);
  }
}

function isAsking(transition: AskingTransition | NodeTransition): transition is AskingTransition {
  return askingStates.has(transition.state);
}

/** What happens between a step's provider and its end. */
function applyAsking(step: JournaledStep, transition: AskingTransition, at: number): void {
  switch (transition.state) {
    case "ready":
      step.state = "ready";
      step.readyAt = at;
      return;
    case "loaded":
      step.files = transition.files;
      return;
    case "intent":
      ask(step, transition, at);
      return;
    case "cached":
      step.state = "running";
      step.startedAt ??= at;
      step.cache = "hit";
      step.request = transition.request;
      return;
    case "retaken":
      step.state = "running";
      step.startedAt ??= at;
      return;
    case "retried":
      step.retries = [...step.retries, { at, retry: transition.retry }];
      return;
    case "fell-back":
      leaveTargetsBefore(step, transition.to.index, transition.error);
      step.target = transition.to;
      return;
    case "rejected":
      reject(step, transition);
      return;
    case "submitted":
    case "refused":
    case "outrun":
    case "output":
      applyToCall(step, transition, at);
      return;
    default:
      assertNever(transition);
  }
}

function applyNodeTransition(step: JournaledStep, transition: NodeTransition, at: number): void {
  switch (transition.state) {
    case "entered":
      step.state = "running";
      step.startedAt ??= at;
      step.inputs = transition.inputs;
      return;
    case "decided":
      step.decisions.set(transition.name, transition.decision);
      return;
    case "waiting":
      step.state = "waiting";
      step.question ??= { words: transition.question, askedAt: at };
      return;
    case "resting":
      step.state = "waiting";
      return;
    case "answered":
      step.state = "running";
      step.answer = transition.answer;
      return;
    case "unanswered":
      step.state = "running";
      return;
    case "yielded":
      step.yields = transition.yields;
      step.valueSha256 = transition.value;
      step.isValueLost = transition.isValueLost === true;
      return;
    default:
      assertNever(transition);
  }
}
