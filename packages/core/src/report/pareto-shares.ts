import type { TimeShare } from "./run-report.js";

/** The part of the whole time that the steps of the list must reach. */
const enough = 0.8;

/** The fewest steps that make 80 % of the summed time, the longest first; of equal ones those that came first. */
export function paretoShares(steps: readonly { readonly key: string; readonly runMs: number }[]): TimeShare[] {
  let wholeMs = 0;
  for (const { runMs } of steps) wholeMs += runMs;
  const chosen: TimeShare[] = [];
  let reachedMs = 0;
  for (const { key, runMs } of [...steps].sort((left, right) => right.runMs - left.runMs)) {
    if (wholeMs === 0 || reachedMs >= wholeMs * enough) break;
    chosen.push({ key, runMs, share: runMs / wholeMs });
    reachedMs += runMs;
  }
  return chosen;
}
