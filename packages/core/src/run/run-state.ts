import { assertNever } from "../internal/assert-never.js";
import type { Plan, PlannedStep } from "../pipeline/plan.js";
import type { StepWarning } from "../provider/provider.js";
import type { JournalEntry, RecordedError, RecordedOutput, RecordedRequest, Transition } from "./journal.js";

export type StepState = "waiting" | "ready" | "running" | "succeeded" | "failed" | "skipped" | "cancelled";

/** Where one step of a run stands: the sum of its journal entries. */
export interface StepProgress {
  readonly planned: PlannedStep;
  readonly stepId: string;
  state: StepState;
  readyAt: number | undefined;
  startedAt: number | undefined;
  endedAt: number | undefined;
  request: RecordedRequest | undefined;
  output: RecordedOutput | undefined;
  error: RecordedError | undefined;
  /** The step whose end made this one be skipped. */
  skippedBecause: string | undefined;
}

/** Where a run stands. Only {@link applyEntry} changes it, so that a journal that is read again gives the same state. */
export interface RunState {
  readonly runId: string;
  readonly plan: Plan;
  readonly steps: readonly StepProgress[];
  readonly byKey: ReadonlyMap<string, StepProgress>;
}

/** A run that has not begun. */
export function initialState(runId: string, plan: Plan, stepIds: readonly string[]): RunState {
  const steps = plan.steps.map(
    (planned, index): StepProgress => ({
      planned,
      stepId: stepIds[index] ?? "",
      state: "waiting",
      readyAt: undefined,
      startedAt: undefined,
      endedAt: undefined,
      request: undefined,
      output: undefined,
      error: undefined,
      skippedBecause: undefined,
    }),
  );
  return { runId, plan, steps, byKey: new Map(steps.map((step) => [step.planned.step.key, step])) };
}

/** What a step's provider does in another way than asked, and what was wrong with its output. */
export function warningsOf({ planned, request, output }: StepProgress): readonly StepWarning[] {
  const asked = request?.warnings ?? planned.warnings;
  return output === undefined ? asked : [...asked, ...output.warnings];
}

/** Folds one journal entry into the state. */
export function applyEntry(state: RunState, { transition, at }: JournalEntry): void {
  if (transition.state === "run.planned" || transition.state === "run.ended") return;
  const step = state.byKey.get(transition.step);
  if (step !== undefined) applyTransition(step, transition, at);
}

type StepTransition = Exclude<Transition, { state: `run.${string}` }>;

function applyTransition(step: StepProgress, transition: StepTransition, at: number): void {
  switch (transition.state) {
    case "ready":
      step.state = "ready";
      step.readyAt = at;
      return;
    case "intent":
      step.state = "running";
      step.startedAt = at;
      step.request = transition.request;
      return;
    case "submitted":
      return;
    case "output":
      step.output = transition.output;
      return;
    case "succeeded":
      step.state = "succeeded";
      step.endedAt = at;
      return;
    case "failed":
    case "cancelled":
      step.state = transition.state;
      step.endedAt = at;
      step.error = transition.error;
      return;
    case "skipped":
      step.state = "skipped";
      step.endedAt = at;
      step.skippedBecause = transition.because;
      return;
    default:
      assertNever(transition);
  }
}
