import { GenblazeError } from "../errors/genblaze-error.js";
import type { PlannedStep } from "./plan.js";

/** CYCLE when steps wait for each other in a circle, naming the steps of the circle in order. */
export function assertNoCycle(steps: readonly PlannedStep[]): void {
  const waiting = steps.map((planned) => new Set(planned.waitsFor));
  const followers = followersOf(steps);
  const ready = steps.filter((planned) => planned.waitsFor.length === 0);
  let done = 0;
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    done += 1;
    for (const follower of followers[next.index] ?? []) {
      const open = waiting[follower.index];
      open?.delete(next.index);
      if (open?.size === 0) ready.push(follower);
    }
  }
  if (done < steps.length) throw cycle(steps, waiting);
}

/** For each step, those that wait for it. */
function followersOf(steps: readonly PlannedStep[]): readonly (readonly PlannedStep[])[] {
  const followers: PlannedStep[][] = steps.map(() => []);
  for (const planned of steps) {
    for (const index of planned.waitsFor) followers[index]?.push(planned);
  }
  return followers;
}

function cycle(steps: readonly PlannedStep[], waiting: readonly ReadonlySet<number>[]): GenblazeError {
  // Every step that still waits does so for another one that waits, so following them must come round.
  const path: number[] = [];
  let current = waiting.findIndex((open) => open.size > 0);
  while (!path.includes(current)) {
    path.push(current);
    current = [...(waiting[current] ?? [])][0] ?? current;
  }
  const circle = [...path.slice(path.indexOf(current)), current].map((index) => steps[index]?.step.key ?? "");
  return new GenblazeError(
    "CYCLE",
    `Steps wait for each other: ${circle.map((key) => `"${key}"`).join(" waits for ")}. Take one of these connections out.`,
    { details: { steps: circle } },
  );
}
