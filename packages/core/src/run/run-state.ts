import { assertNever } from "../internal/assert-never.js";
import type { JournalEntry } from "../journal/journal.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Decision } from "../node/composite-node.js";
import type { Plan, PlannedStep } from "../pipeline/plan.js";
import type { StepWarning } from "../provider/provider.js";
import { createGroup } from "./expand-body.js";
import { planRunAgain } from "./plan-again.js";
import type {
  CacheStatus,
  GroupIdentity,
  RecordedError,
  RecordedInput,
  RecordedOutput,
  RecordedRequest,
  RecordedRetry,
  RecordedYield,
  Rejection,
  SkipReason,
  Transition,
} from "./transitions.js";

/** `planned` until all that it waits for has ended; `waiting` for an answer from outside. */
export type StepState = "planned" | "ready" | "running" | "waiting" | "succeeded" | "failed" | "skipped" | "cancelled";

/** Where one step of a run stands: the sum of its journal entries. */
export interface StepProgress extends JournaledStep {
  readonly planned: PlannedStep;
  /** The order in which steps became known; their place in events. */
  readonly index: number;
  /** Where its names are looked up. */
  readonly scope: ScopeState;
  /** The step of the node that it is part of. */
  readonly parent: StepProgress | undefined;
  /** The bodies that ran so far, or were said not to. */
  readonly groups: GroupState[];
  /** The same by body and item, since a map may have thousands. */
  readonly groupsByName: Map<string, GroupState>;
}

/** What the journal alone says of a step, without the pipeline that it belongs to. */
export interface JournaledStep {
  readonly stepId: string;
  state: StepState;
  attempts: number;
  /** Those of the time before the run was resumed. */
  attemptsBefore: number;
  readyAt: number | undefined;
  startedAt: number | undefined;
  /** When the provider first answered that a job is under way. */
  answeredAt: number | undefined;
  /** The job that is under way, or was when the step ended and may be still. */
  operation: JsonValue | undefined;
  /** Whether its words are all there. */
  isOperationWhole: boolean;
  /**
   * The key under which the provider was asked without an answer in the journal: whether it took the job is not known.
   */
  inDoubt: string | undefined;
  /** What failed and was tried again, in all turns. */
  retries: readonly { readonly at: number; readonly retry: RecordedRetry }[];
  /** How many requests the provider did not take. */
  refusals: number;
  /** When the provider gave its output. */
  outputAt: number | undefined;
  cache: CacheStatus | undefined;
  isCold: boolean;
  endedAt: number | undefined;
  request: RecordedRequest | undefined;
  output: RecordedOutput | undefined;
  readonly rejected: { readonly output: RecordedOutput | undefined; readonly rejection: Rejection }[];
  /** Those since it last failed or was cancelled: what is asked for again counts them. */
  rejectedSinceEnd: readonly Rejection[];
  /** Of the guards that looked at the output. */
  lateWarnings: readonly StepWarning[];
  error: RecordedError | undefined;
  skippedBecause: SkipReason | undefined;
  /** Of a node. */
  inputs: readonly RecordedInput[];
  readonly decisions: Map<string, Decision>;
  question: { readonly words: JsonObject; readonly askedAt: number } | undefined;
  answer: JsonValue | undefined;
  yields: RecordedYield | undefined;
  /** Where the spool keeps the value of a node. */
  valueSha256: string | undefined;
  isValueLost: boolean;
}

/** The steps that know each other by name: those of the pipeline, or of one run of an inner one. */
export interface ScopeState {
  /** What stands before the names of its steps: `""`, or like `shots[0].`. */
  readonly path: string;
  readonly plan: Plan;
  readonly steps: readonly StepProgress[];
  readonly byName: ReadonlyMap<string, StepProgress>;
}

/** One run of a body of a node. */
export interface GroupState extends GroupIdentity {
  readonly steps: readonly StepProgress[];
  /** Of a pipeline; a target is looked up where its node is. */
  readonly scope: ScopeState | undefined;
}

/** Where a run stands. Only {@link applyEntry} changes it, so that a journal that is read again gives the same state. */
export interface RunState {
  readonly runId: string;
  readonly plan: Plan;
  readonly root: ScopeState;
  /** Every step so far, by its full name. */
  readonly byKey: Map<string, StepProgress>;
}

/** What a step's provider does in another way than asked, and what was wrong with its output. */
export function warningsOf({ planned, request, output, lateWarnings }: StepProgress): readonly StepWarning[] {
  const asked = request?.warnings ?? planned.warnings;
  // A node has warnings and no output of its own.
  if (output === undefined) return lateWarnings.length === 0 ? asked : [...asked, ...lateWarnings];
  return [...asked, ...output.warnings, ...lateWarnings];
}

const noWarnings: readonly StepWarning[] = [];
/** Of steps whose outputs were all taken so far. */
const noRejections: readonly Rejection[] = [];

/** Every step so far in the order of manifests: by definition, those inside a node after it, by item. */
export function inRecordOrder(steps: readonly StepProgress[]): readonly StepProgress[] {
  if (steps.every(({ groups }) => groups.length === 0)) return steps;
  return steps.flatMap((step) => [step, ...inRecordOrder(orderedGroups(step).flatMap((group) => group.steps))]);
}

/** The runs of a node's bodies by item, then as the node names them. */
export function orderedGroups({ groups, planned }: StepProgress): readonly GroupState[] {
  const places = new Map([...planned.bodies.keys()].map((name, place) => [name, place]));
  const placeOf = ({ body }: GroupState) => places.get(body) ?? 0;
  return groups.toSorted((left, right) => (left.item ?? 0) - (right.item ?? 0) || placeOf(left) - placeOf(right));
}

/** Folds one journal entry into the state. */
export function applyEntry(state: RunState, { transition, at }: Pick<JournalEntry, "transition" | "at">): void {
  if (transition.state === "run.planned" || transition.state === "run.ended") return;
  if (transition.state === "run.resumed") {
    planRunAgain(state.root, transition);
    return;
  }
  const step = state.byKey.get(transition.step);
  if (step === undefined) return;
  if (transition.state === "expanded") createGroup(state, step, transition.group, transition.steps);
  else applyToStep(step, transition, at);
}

type NodeState = "entered" | "decided" | "waiting" | "resting" | "answered" | "unanswered" | "yielded";
type NodeTransition = Extract<Transition, { state: NodeState }>;
type AskingState =
  | "ready"
  | "intent"
  | "retried"
  | "cached"
  | "retaken"
  | "submitted"
  | "refused"
  | "rejected"
  | "output";
type AskingTransition = Extract<Transition, { state: AskingState }>;
type StepTransition = Exclude<Transition, { state: `run.${string}` | "expanded" | NodeState }>;
/** What happens to one step. */
export type TransitionOfStep = StepTransition | NodeTransition;

const askingStates: ReadonlySet<string> = new Set<AskingState>([
  "ready",
  "intent",
  "cached",
  "retaken",
  "submitted",
  "refused",
  "retried",
  "rejected",
  "output",
]);

/** Folds what happened to a step into where it stands. */
export function applyToStep(step: JournaledStep, transition: TransitionOfStep, at: number): void {
  switch (transition.state) {
    case "succeeded":
      step.state = "succeeded";
      step.endedAt = at;
      step.cache = transition.cache;
      step.lateWarnings = transition.warnings ?? noWarnings;
      return;
    case "failed":
    case "cancelled":
      step.state = transition.state;
      step.endedAt = at;
      step.error = transition.error;
      step.rejectedSinceEnd = noRejections;
      if (transition.hasOpenJob === undefined) step.operation = undefined;
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
    case "intent":
      step.operation = undefined;
      step.inDoubt = transition.idempotencyKey;
      step.cache = undefined;
      step.state = "running";
      step.startedAt ??= at;
      step.attempts = transition.attempt;
      step.isCold ||= transition.isCold;
      step.request = transition.request;
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
    case "submitted":
      step.answeredAt = at;
      step.operation = transition.operation;
      step.isOperationWhole = transition.isMasked === undefined;
      step.inDoubt = undefined;
      return;
    case "refused":
      step.operation = undefined;
      step.inDoubt = undefined;
      if (transition.isFree === true) step.refusals += 1;
      return;
    case "retried":
      step.retries = [...step.retries, { at, retry: transition.retry }];
      return;
    case "rejected":
      step.rejected.push(rejectionOf(step, transition.rejection));
      if (transition.rejection.stage === "output")
        step.rejectedSinceEnd = [...step.rejectedSinceEnd, transition.rejection];
      return;
    case "output":
      step.operation = undefined;
      step.inDoubt = undefined;
      step.output = transition.output;
      step.outputAt = transition.obtainedAt;
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

/** A prompt that was not let through says nothing of an output that is there from before. */
function rejectionOf({ output }: JournaledStep, rejection: Rejection): JournaledStep["rejected"][number] {
  return { output: rejection.stage === "output" ? output : undefined, rejection };
}
