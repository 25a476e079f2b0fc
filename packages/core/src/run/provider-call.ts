import type { ProviderStep } from "../pipeline/definition.js";
import type { AbortSource } from "./abort-source.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";
import type { StepCall } from "./step-calls.js";

/** A call of a provider for a step: who asks, under which key, and how long. */
export interface ProviderCall {
  readonly run: RunContext;
  readonly progress: StepProgress;
  /** The step as the target that is asked does it. */
  readonly step: ProviderStep;
  readonly abort: AbortSource;
  /** From 1, over all turns of the run and all targets of the step. */
  readonly attempt: number;
  readonly idempotencyKey: string;
}

/** What the journal says of it; undefined before its intent is written. */
export function recordedCall({ progress, attempt }: ProviderCall): StepCall | undefined {
  return progress.calls.findLast((call) => call.attempt === attempt);
}

/** What entries about it say, so that it is told from others; where there is one target, it is always the last one. */
export function ofAttempt({ step, attempt }: Pick<ProviderCall, "step" | "attempt">): { readonly attempt?: number } {
  return step.fallbacks.length === 0 ? {} : { attempt };
}

/** The key under which a step asks for the first time, and for the next ones. */
export function idempotencyKeyOf({ state }: RunContext, { stepId }: StepProgress, attempt: number): string {
  const key = `${state.runId}/${stepId}`;
  return attempt <= 1 ? key : `${key}/${attempt}`;
}
