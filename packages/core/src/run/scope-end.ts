import type { StepProgress } from "./run-state.js";

/** How the steps that know each other came to their end. */
export type ScopeEnd = "completed" | "failed" | "cancelled" | "waiting";

/**
 * A pipeline has completed when every step succeeded, or was left out by choice, or was one that it can do without:
 * an optional one, one that only steps take which got enough from others, and what depends on these alone.
 */
export function scopeEnd(steps: readonly StepProgress[]): ScopeEnd {
  const doneWithout = indexesDoneWithout(steps);
  const fine = new Set(steps.filter((step) => isFineAlone(step, doneWithout)));
  const skippedFor = skippedBySource(steps);
  // A step that was skipped because of a fine one is fine; a set is walked to its end, however it grows meanwhile.
  for (const { planned } of fine) for (const skipped of skippedFor.get(planned.step.key) ?? []) fine.add(skipped);
  const others = steps.filter((step) => !fine.has(step));
  if (others.length === 0) return "completed";
  if (others.some(({ state }) => state === "failed")) return "failed";
  if (others.some(({ state }) => state === "cancelled")) return "cancelled";
  return others.some(({ state }) => state === "waiting") ? "waiting" : "failed";
}

function isFineAlone({ state, skippedBecause, planned }: StepProgress, doneWithout: ReadonlySet<number>): boolean {
  if (state === "succeeded") return true;
  if (state === "skipped") return planned.step.optional || skippedBecause?.kind === "choice";
  return state === "failed" && (planned.step.optional || doneWithout.has(planned.index));
}

/** The steps that were skipped because of another one, by its name. */
function skippedBySource(steps: readonly StepProgress[]): ReadonlyMap<string, readonly StepProgress[]> {
  const skippedFor = new Map<string, StepProgress[]>();
  for (const step of steps) {
    if (step.skippedBecause?.kind !== "source") continue;
    const source = step.skippedBecause.step;
    const others = skippedFor.get(source);
    if (others === undefined) skippedFor.set(source, [step]);
    else others.push(step);
  }
  return skippedFor;
}

/** Those that others take, all of which had enough without them. */
function indexesDoneWithout(steps: readonly StepProgress[]): ReadonlySet<number> {
  const tolerated = steps.filter(({ state }) => state === "succeeded").flatMap(({ planned }) => planned.tolerant);
  const doneWithout = new Set(tolerated);
  for (const { state, planned } of steps) {
    const isContent = new Set(state === "succeeded" ? planned.tolerant : []);
    for (const source of planned.waitsFor) if (!isContent.has(source)) doneWithout.delete(source);
  }
  return doneWithout;
}
