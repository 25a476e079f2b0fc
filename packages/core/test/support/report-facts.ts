import type { RunFacts, StepFacts } from "../../src/report/run-facts.js";

/** Facts of a step that took no time and cost nothing, but for what is given. */
export function stepFacts(key: string, facts: Partial<StepFacts> = {}): StepFacts {
  return {
    key,
    parent: undefined,
    kind: "step",
    provider: "maker",
    model: "m-1",
    state: "succeeded",
    reason: undefined,
    waitsFor: [],
    readyMs: undefined,
    startedMs: undefined,
    answeredMs: undefined,
    outputMs: undefined,
    endedMs: undefined,
    attempts: 1,
    cost: { usd: 0, unit: "request", quantity: 1 },
    cached: false,
    coldStart: false,
    ...facts,
  };
}

/** A run whose elapsed time is the end of its last step, where none is given. */
export function runFacts(steps: readonly StepFacts[], facts: Partial<RunFacts> = {}): RunFacts {
  const elapsedMs = steps.reduce((last, step) => Math.max(last, step.endedMs ?? 0), 0);
  return { runId: "run-1", name: "film", status: "completed", elapsedMs, steps, ...facts };
}

/** A run as it is planned: what waits for what and how long each takes. */
export interface PlannedWork {
  readonly key: string;
  readonly parent: string | undefined;
  readonly waitsFor: readonly string[];
  readonly queueMs: number;
  readonly workMs: number;
}

/** Runs planned work with unlimited concurrency: each begins when all it waits for is over. Parents come first. */
export function simulate(plan: readonly PlannedWork[]): readonly StepFacts[] {
  const begins = new Map<string, number>();
  const ends = new Map<string, number>();
  const facts: StepFacts[] = [];
  const parents = new Set(plan.map((work) => work.parent));
  for (const { key, parent, waitsFor, queueMs, workMs } of plan) {
    const readyMs = Math.max(0, begins.get(parent ?? "") ?? 0, ...waitsFor.map((source) => ends.get(source) ?? 0));
    const startedMs = readyMs + queueMs;
    const isParent = parents.has(key);
    begins.set(key, startedMs);
    const endedMs = isParent ? startedMs : startedMs + workMs;
    ends.set(key, endedMs);
    for (let above = parent; above !== undefined; above = plan.find((work) => work.key === above)?.parent) {
      ends.set(above, Math.max(ends.get(above) ?? 0, endedMs));
    }
    facts.push(stepFacts(key, { parent, waitsFor, readyMs, startedMs, kind: isParent ? "node" : "step" }));
  }
  return facts.map((step) => ({ ...step, endedMs: ends.get(step.key) }));
}
