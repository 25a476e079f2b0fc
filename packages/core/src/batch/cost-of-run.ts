import type { Run } from "../manifest/model.js";
import { sumUsd } from "../pricing/sum-usd.js";

/** What the steps of a run cost together, in US dollars; null as soon as one that was begun has no recorded price. */
export function costOfRun({ steps }: Pick<Run, "steps">): number | null {
  // Steps made of others cost what those inside them cost, and these stand in the run themselves.
  const paid = steps.filter(({ startedAt, provider }) => startedAt !== null && provider !== "genblaze");
  const costs = paid.map(({ costUsd }) => costUsd);
  return costs.includes(null) ? null : sumUsd(costs.flatMap((cost) => (cost === null ? [] : [cost])));
}
