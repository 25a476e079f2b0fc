import type { StepProgress } from "./run-state.js";

/** How the steps that know each other came to their end. */
export type ScopeEnd = "completed" | "failed" | "cancelled" | "waiting";

/**
 * A pipeline has completed when every step succeeded, or was left out by choice, or was one that it can do without:
 * an optional one, one that only steps take which got enough from others, and what depends on these alone.
 */
export function scopeEnd(steps: readonly StepProgress[]): ScopeEnd {
  const isFine = steps.map(() => false);
  const byKey = new Map(steps.map((step, place) => [step.planned.step.key, place]));
  const tolerated = new Set(steps.flatMap(({ planned }) => planned.tolerant));
  const fine = (key: string) => isFine[byKey.get(key) ?? -1] === true;
  // A step that was skipped because of another one may stand before it, so this goes on until nothing changes.
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (const [place, step] of steps.entries()) {
      if (isFine[place] || !isFineStep(step, steps, tolerated, fine)) continue;
      isFine[place] = true;
      isChanged = true;
    }
  }
  const others = steps.filter((_, place) => !isFine[place]);
  if (others.length === 0) return "completed";
  if (others.some(({ state }) => state === "failed")) return "failed";
  if (others.some(({ state }) => state === "cancelled")) return "cancelled";
  return others.some(({ state }) => state === "waiting") ? "waiting" : "failed";
}

function isFineStep(
  step: StepProgress,
  steps: readonly StepProgress[],
  tolerated: ReadonlySet<number>,
  fine: (key: string) => boolean,
): boolean {
  const { state, skippedBecause, planned } = step;
  if (state === "succeeded") return true;
  if (state === "skipped") {
    return planned.step.optional || skippedBecause?.kind === "choice" || fine(skippedBecause?.step ?? "");
  }
  return state === "failed" && (planned.step.optional || (tolerated.has(planned.index) && isDoneWithout(step, steps)));
}

/** Whether others take what it should have made, and all of them had enough without it. */
function isDoneWithout({ planned }: StepProgress, steps: readonly StepProgress[]): boolean {
  const followers = steps.filter((follower) => follower.planned.waitsFor.includes(planned.index));
  return (
    followers.length > 0 &&
    followers.every(({ state, planned: { tolerant } }) => state === "succeeded" && tolerant.includes(planned.index))
  );
}
