import { GenblazeError } from "../errors/genblaze-error.js";
import { describeValue } from "../options/describe-value.js";
import type { RunFacts, StepFacts } from "./run-facts.js";

const times = ["readyMs", "startedMs", "answeredMs", "outputMs", "endedMs"] as const;

/**
 * Refuses facts that cannot be drawn. Errors: DUPLICATE_STEP, UNKNOWN_STEP (a parent or a step waited for that is not
 * among the steps), INVALID_OPTION (a time, a count or a cost that is no finite number from 0 up).
 */
export function checkFacts(facts: RunFacts): void {
  assertAmount(facts.elapsedMs, "elapsedMs of the run");
  const keys = new Set<string>();
  for (const step of facts.steps) {
    if (keys.has(step.key)) {
      throw new GenblazeError(
        "DUPLICATE_STEP",
        `Expected every step of a report to have a key of its own, got "${step.key}" twice. Give the second its full name.`,
        { details: { step: step.key } },
      );
    }
    keys.add(step.key);
  }
  for (const step of facts.steps) checkStep(step, keys);
}

function checkStep(step: StepFacts, keys: ReadonlySet<string>): void {
  for (const name of step.parent === undefined ? step.waitsFor : [step.parent, ...step.waitsFor]) {
    if (!keys.has(name)) throw unknownStep(step.key, name);
  }
  for (const time of times) {
    const value = step[time];
    if (value !== undefined) assertAmount(value, `${time} of step "${step.key}"`);
  }
  assertAmount(step.attempts, `attempts of step "${step.key}"`);
  if (step.cost.usd !== null) assertAmount(step.cost.usd, `cost of step "${step.key}"`);
}

function assertAmount(value: number, what: string): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new GenblazeError(
    "INVALID_OPTION",
    `${what}: a finite number from 0 up is expected; ${describeValue(value)} was given. Leave a time that is not known undefined.`,
  );
}

function unknownStep(key: string, name: string): GenblazeError {
  return new GenblazeError(
    "UNKNOWN_STEP",
    `Step "${key}" names "${name}", which is not among the steps of the report. Give the facts of that step too.`,
    { details: { step: key, name } },
  );
}
