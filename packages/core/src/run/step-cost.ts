import type { StepProgress } from "./run-state.js";

/** What steps and those inside them cost. */
export function costOfSteps(_steps: readonly StepProgress[]): { readonly usd: number | null } {
  return { usd: null };
}
