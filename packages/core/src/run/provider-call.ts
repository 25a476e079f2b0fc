import type { ProviderStep } from "../pipeline/definition.js";
import type { AbortSource } from "./abort-source.js";
import type { RunContext } from "./run-context.js";
import type { StepProgress } from "./run-state.js";

/** A call of a step's provider: who asks, under which key, and how long. */
export interface ProviderCall {
  readonly run: RunContext;
  readonly progress: StepProgress;
  readonly step: ProviderStep;
  readonly abort: AbortSource;
  readonly idempotencyKey: string;
}
