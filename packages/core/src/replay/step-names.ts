import type { Step } from "../manifest/model.js";

const LONGEST_NAME = 200;

/**
 * A name for each recorded step, no two the same: the one in its metadata where it can be a step's name, else `step-`
 * and its position from 1, as in pipelines. The Python library records no names.
 */
export function stepNames(steps: readonly Step[]): readonly string[] {
  // A pipeline's `input` is no step.
  const taken = new Set(["input"]);
  const recorded = steps.map(({ metadata: { name } }) => {
    if (typeof name !== "string" || name === "" || name.length > LONGEST_NAME || taken.has(name)) return undefined;
    taken.add(name);
    return name;
  });
  return recorded.map((name, index) => name ?? freeName(`step-${index + 1}`, taken));
}

/** The name, or the name with a number after it; taken afterwards. */
export function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}-${count}`;
  taken.add(name);
  return name;
}
