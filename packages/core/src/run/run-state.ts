import type { JournalEntry } from "../journal/journal.js";
import type { JsonObject, JsonValue } from "../json/json-value.js";
import type { Decision } from "../node/composite-node.js";
import type { Plan, PlannedStep } from "../pipeline/plan.js";
import type { StepWarning } from "../provider/provider.js";
import { applyToStep } from "./apply-to-step.js";
import { createGroup } from "./expand-body.js";
import { planRunAgain } from "./plan-again.js";
import type { StepCall } from "./step-calls.js";
import type {
  CacheStatus,
  GroupIdentity,
  LoadedFile,
  RecordedError,
  RecordedInput,
  RecordedOutput,
  RecordedRequest,
  RecordedRetry,
  RecordedTarget,
  RecordedYield,
  Rejection,
  SkipReason,
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

/** A prompt that was not sent, or an output that was not taken. */
export interface RejectedOutput {
  /** Undefined for a prompt. */
  readonly output: RecordedOutput | undefined;
  readonly rejection: Rejection;
  /** Which target gave it; 0 is the step's own. */
  readonly target: number;
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
  /** Every request to a provider, in all turns, in order. */
  readonly calls: StepCall[];
  /** Which target is asked now, or was last; undefined for the step's own. */
  target: RecordedTarget | undefined;
  /** What failed and was tried again, in all turns. */
  retries: readonly { readonly at: number; readonly retry: RecordedRetry }[];
  /** When the provider gave its output. */
  outputAt: number | undefined;
  cache: CacheStatus | undefined;
  isCold: boolean;
  endedAt: number | undefined;
  request: RecordedRequest | undefined;
  output: RecordedOutput | undefined;
  /** The files from outside that it took. */
  files: readonly LoadedFile[];
  readonly rejected: RejectedOutput[];
  /** Those since it last failed or was cancelled: what is asked for again counts them. */
  rejectedSinceEnd: readonly RejectedOutput[];
  /** How many requests there were when the step last ended: those behind are of the try that is under way. */
  callsBefore: number;
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
