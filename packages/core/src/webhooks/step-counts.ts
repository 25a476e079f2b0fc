import type { RunEvent } from "../run/run-events.js";

/** How many steps each run that goes on is known to have. */
export interface StepCounts {
  /** Hears an event and gives the number for its run. */
  count(event: RunEvent): number;
}

/** Runs whose end is never heard of are forgotten beyond so many, the oldest first. */
const MOST_RUNS = 10_000;

/** No run yet. */
export function createStepCounts(): StepCounts {
  const counts = new Map<string, number>();
  return {
    count(event) {
      const { runId } = event;
      const known = counts.get(runId) ?? 0;
      // The end of a run does not say it.
      if (!("totalSteps" in event)) {
        counts.delete(runId);
        return known;
      }
      counts.set(runId, Math.max(known, event.totalSteps));
      const [oldest] = counts.keys();
      if (counts.size > MOST_RUNS && oldest !== undefined) counts.delete(oldest);
      return counts.get(runId) ?? 0;
    },
  };
}
