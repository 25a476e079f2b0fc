import type { RunFacts, StepFacts } from "./run-facts.js";

/** Whether a step is a gate: all its time is that of the people who answer, and none of it work. */
export function isGate({ kind, model }: Pick<StepFacts, "kind" | "model">): boolean {
  return kind === "node" && model === "approve";
}

/**
 * The same facts, each gate waiting from when its inputs were there. A run that rested meanwhile knows the gate only
 * from when it went on.
 */
export function withAskedGates(facts: RunFacts): RunFacts {
  const ends = new Map(facts.steps.map(({ key, endedMs }) => [key, endedMs]));
  return { ...facts, steps: facts.steps.map((step) => (isGate(step) ? askedAtOnce(step, ends) : step)) };
}

function askedAtOnce(step: StepFacts, ends: ReadonlyMap<string, number | undefined>): StepFacts {
  const { waitsFor, readyMs, startedMs } = step;
  const inputsMs = waitsFor.reduce((latest, key) => Math.max(latest, ends.get(key) ?? 0), 0);
  if (waitsFor.length === 0 || readyMs === undefined || startedMs === undefined || inputsMs >= readyMs) return step;
  return { ...step, readyMs: inputsMs, startedMs: inputsMs };
}
