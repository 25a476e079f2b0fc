import { GenblazeError, type Plan } from "@genblaze/core";
import type { RunOverview } from "@genblaze/core/journal";
import { totalCost } from "@genblaze/core/pricing";
import { formatTotal } from "@genblaze/core/report";

/** What a retry from a step does, as far as it is known before. */
export interface DoneAgain {
  /** Steps that had succeeded, and are done and paid for again. */
  readonly anew: readonly string[];
  /** Steps that follow, or did not succeed, and are tried now. */
  readonly tried: readonly string[];
  /** What those done anew have cost so far, in words. */
  readonly cost: string;
}

/** The steps that a retry does. UNKNOWN_STEP when the pipeline has no such step. */
export function doneAgain(plan: Plan, overview: RunOverview, from: string): DoneAgain {
  const follows = followersOf(plan, from);
  const states = new Map(overview.steps.map(({ name, state }) => [name, state]));
  const names = plan.steps.map(({ step }) => step.key);
  const anew = names.filter((name) => follows.has(name) && states.get(name) === "succeeded");
  const tried = names.filter((name) => !anew.includes(name) && (follows.has(name) || states.get(name) !== "succeeded"));
  const parents = new Map(overview.steps.map(({ name, parent }) => [name, parent]));
  const costs = overview.steps.filter(({ name }) => anew.includes(rootOf(name, parents))).map(({ cost }) => cost);
  return { anew, tried, cost: formatTotal(totalCost(costs)) };
}

/** A step and all that wait for it, in any number of steps. */
function followersOf({ steps, definition }: Plan, from: string): ReadonlySet<string> {
  const names = steps.map(({ step }) => step.key);
  if (!names.includes(from)) {
    const message = `--from names "${from}", which is no step of pipeline "${definition.name}". Its steps are: ${names.join(", ")}.`;
    throw new GenblazeError("UNKNOWN_STEP", message, { details: { name: from } });
  }
  const found = new Set([names.indexOf(from)]);
  // A set is walked through in the order of adding, what is added meanwhile included.
  for (const each of found) {
    for (const [index, { waitsFor }] of steps.entries()) if (waitsFor.includes(each)) found.add(index);
  }
  return new Set([...found].map((index) => names[index] ?? ""));
}

/** What is inside a node is done again with it. */
function rootOf(name: string, parents: ReadonlyMap<string, string | undefined>): string {
  let root = name;
  for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
  return root;
}
